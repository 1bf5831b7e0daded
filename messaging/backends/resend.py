"""Resend, with its idempotency key: the same message posted twice within a day goes out once."""

from datetime import timedelta
from typing import Any

from anymail.backends.resend import EmailBackend as AnymailBackend


class EmailBackend(AnymailBackend):
    """Anymail's backend with an `Idempotency-Key` header, which Anymail itself does not know."""

    # Resend forgets a key after 24 hours; we stop counting on it a little earlier.
    idempotent_for = timedelta(hours=23)

    def build_message_payload(self, message: Any, defaults: Any) -> Any:
        """Add the key, stable over all attempts at a message."""
        payload = super().build_message_payload(message, defaults)
        key = getattr(message, "idempotency_key", "")
        if key:
            payload.headers["Idempotency-Key"] = key
        return payload
