"""Who writes a message's words at the moment of sending, and who hears of its fate."""

from django.utils.translation import gettext_lazy as _

# kind -> `def render(message) -> messaging.render.Rendered`; raises messaging.errors.NoLongerValid.
RENDERERS: dict[str, str] = {
    "claim.gift": "claims_center.giftmail.gift",
    "claim.needs_info": "claims_center.giftmail.needs_info",
    "claim.rejected": "claims_center.giftmail.rejected",
}

# origin -> `def changed(*, message, status, at)`, in the transaction of the change.
LISTENERS: dict[str, str] = {
    "claim": "claims_center.services.delivery.mail_changed",
}

# origin -> `def corrected(*, message, to_address, actor, now)`, in the transaction that sends to a corrected address.
CORRECTORS: dict[str, str] = {
    "claim": "claims_center.services.delivery.mail_corrected",
}

# What people call a kind of message.
KINDS = {
    "claim.gift": _("Gift"),
    "claim.needs_info": _("Question about a claim"),
    "claim.rejected": _("Claim rejected"),
}

# origin -> what people call such a document, and the name of its page's address (merchant's slug, document's id).
ORIGINS = {
    "claim": (_("Claim"), "claims:claim"),
}
