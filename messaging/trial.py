"""A test of a text, sent to whoever writes it: made-up names, a made-up code, and marked as what it is."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from messaging.errors import AddressSuppressed, NoLongerValid
from messaging.kinds import UnknownKind, kind_of
from messaging.models import Message
from messaging.render import Rendered
from messaging.selectors import suppressed
from messaging.services import queue_message
from messaging.texts import Text, compose
from tenancy.actors import Actor
from tenancy.idempotency import digest_of
from tenancy.ids import new_id
from tenancy.models import Merchant

TRIAL = "mail.trial"
ORIGIN = "mail_text"
NOWHERE = "https://example.com/"


def sample(kind: str, text: Text, *, merchant: Merchant, notice: str = "") -> Rendered:
    """Write a mail with made-up names in the merchant's language; raises UnknownKind."""
    mail = kind_of(kind)
    with override(merchant.language):
        values = mail.samples() | {"merchant": merchant.name}
        return compose(mail, text, values, merchant=merchant, button_url=NOWHERE, code=mail.sample_code, notice=notice)


def send_trial(
    *, kind: str, text: Text, to_address: str, to_name: str, actor: Actor, now: datetime, op: str = ""
) -> Message:
    """Queue a test of these words to a member of staff; no customer, no claim and no code has a part in it.

    ``op`` names the form: the same words of it, within a minute, are one test. Raises AddressSuppressed, AddressInvalid,
    UnknownKind.
    """
    kind_of(kind)
    if found := suppressed([to_address]):
        raise AddressSuppressed(next(iter(found.values())))
    words = {"kind": kind, "subject": text.subject, "heading": text.heading, "body": text.body, "button": text.button}
    return queue_message(
        kind=TRIAL,
        origin=ORIGIN,
        origin_id=new_id(),
        customer_id=None,
        to_address=to_address,
        to_name=to_name,
        context=words,
        actor=actor,
        now=now,
        once_key=f"trial:{digest_of(op, words, now.minute)}" if op else "",
    )


def render(message: Message) -> Rendered:
    """Write the test that a message stands for."""
    words = dict(message.context)
    kind = str(words.pop("kind", ""))
    with override(message.merchant.language):
        notice = _("This is a test. Names and codes in it are made up, and it went to nobody else.")
        marked = _("[Test] %(subject)s") % {"subject": words["subject"]}
    try:
        return sample(kind, Text.of(words | {"subject": marked}), merchant=message.merchant, notice=notice)
    except UnknownKind as error:
        raise NoLongerValid("unknown_kind") from error
