"""The merchant's rows of own words and switches, as they are read."""

import contextlib
import contextvars
from collections.abc import Iterator

from messaging.models import MailText
from tenancy.scope import current_merchant_id

# What was read while one batch of mails is written, by merchant and kind.
_read: contextvars.ContextVar[dict[tuple[object, str], MailText | None] | None] = contextvars.ContextVar(
    "mail_texts", default=None
)


def own_texts() -> dict[str, MailText]:
    """Return the rows of the merchant in scope by kind: own words, switches."""
    return {row.kind: row for row in MailText.objects.all()}


def row_of(kind: str) -> MailText | None:
    """Return the merchant's row for a kind, if there is one; read once for a batch of mails."""
    read = _read.get()
    key = (current_merchant_id(), kind)
    if read is not None and key in read:
        return read[key]
    found: MailText | None = MailText.objects.filter(kind=kind).first()
    if read is not None:
        read[key] = found
    return found


@contextlib.contextmanager
def read_once() -> Iterator[None]:
    """While a batch of mails is written, read each text once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)
