"""Who writes a message's words at the moment of sending, and who hears of its fate."""

# kind -> `def render(message) -> messaging.render.Rendered`; raises messaging.errors.NoLongerValid.
RENDERERS: dict[str, str] = {}

# origin -> `def changed(*, message, status, at)`, in the transaction of the change.
LISTENERS: dict[str, str] = {}

# origin -> `def corrected(*, message, to_address, actor, now)`, in the transaction that sends to a corrected address.
CORRECTORS: dict[str, str] = {}
