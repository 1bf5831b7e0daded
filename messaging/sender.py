"""From a message to an e-mail that keeps its identity over all attempts."""

import uuid
from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.encoding import punycode

from messaging.models import Message
from messaging.render import Rendered
from tenancy.models import Merchant


def message_id_header(message_id: uuid.UUID) -> str:
    """Return the Message-ID, the same for every attempt, so that duplicates can be recognised."""
    return f"<{message_id}@{sender_domain()}>"


def sender_domain() -> str:
    """Return the domain that we send from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def mailbox(name: str, address: str) -> str:
    """Return a recipient as a header has it, a domain of other letters in ASCII; raise ValueError where that cannot be."""
    local, _at, domain = address.rpartition("@")
    return formataddr((name, f"{local}@{punycode(domain)}"))


def build(message: Message, rendered: Rendered, merchant: Merchant) -> EmailMultiAlternatives:
    """Return the e-mail: one recipient, our own Message-ID, and our id and the merchant's as metadata.

    Providers that replace the Message-ID send the metadata back with their reports; `idempotency_key` is taken up by
    backends whose provider knows one. Raises ValueError for an address that no header can hold.
    """
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    email = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((" ".join((merchant.sender_name or merchant.name or name).split()), address)),
        to=[mailbox(message.to_name, message.to_address)],
        reply_to=[merchant.reply_to] if merchant.reply_to else None,
        headers={
            **dict(rendered.headers),
            "Message-ID": message.message_id_header,
            "X-Entity-Ref-ID": str(message.id),
        },
    )
    email.attach_alternative(rendered.html, "text/html")
    for file_name, content, media_type in rendered.attachments:
        email.attach(file_name, content, media_type)
    email.metadata = {"message_id": str(message.id), "merchant": merchant.public_id}  # type: ignore[attr-defined]
    email.idempotency_key = f"message/{message.id}"  # type: ignore[attr-defined]
    return email
