"""The words of a mail: the merchant's own where they have written some, else ours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.utils import translation

from messaging.errors import NoLongerValid
from messaging.filling import filled, html_paragraphs, line, text_paragraphs
from messaging.kinds import MailKind, kind_of
from messaging.models import MailText
from messaging.render import Rendered, mail
from messaging.text_rows import row_of
from tenancy.models import Merchant


@dataclass(frozen=True, slots=True)
class Text:
    """A mail's words with their fields not yet filled in."""

    subject: str
    heading: str
    body: str
    button: str
    is_on: bool = True
    is_own: bool = False

    @classmethod
    def of(cls, words: Mapping[str, str]) -> Self:
        """Return the text of these parts."""
        return cls(words["subject"], words["heading"], words["body"], words["button"])


def text_for(kind: str) -> Text:
    """Return the words for a kind of mail (of the merchant in scope), and whether it is sent at all.

    Our own words come in the language that is active. Raises messaging.kinds.UnknownKind.
    """
    return text_of(kind_of(kind), row_of(kind))


def is_on(kind: str) -> bool:
    """Say whether the merchant in scope has mails of this kind sent."""
    return text_for(kind).is_on


def ours(kind: MailKind) -> Text:
    """Return our own words for a kind, in the language that is active."""
    return Text(str(kind.subject), str(kind.heading), str(kind.body), str(kind.button), is_on=kind.on)


def text_of(kind: MailKind, row: MailText | None) -> Text:
    """Return the words that a merchant's row stands for; our own where there is none, or where it only switches."""
    default = ours(kind)
    if row is None:
        return default
    switched_on = row.is_on or not kind.switchable
    if not row.body:
        return Text(default.subject, default.heading, default.body, default.button, is_on=switched_on)
    return Text(row.subject, row.heading, row.body, row.button, is_on=switched_on, is_own=True)


def written(
    kind: str,
    values: Mapping[str, str],
    *,
    merchant: Merchant,
    button_url: str = "",
    code: str = "",
    links: Sequence[tuple[str, str]] = (),
) -> Rendered:
    """Write a mail in the merchant's words and language, with ``values`` in the place of its fields.

    ``code`` is shown in a box below the words, ``links`` (label, address) below that, then the button that leads to
    ``button_url``. Raises NoLongerValid where the merchant has switched this kind of mail off meanwhile.
    """
    with translation.override(merchant.language):
        text = text_for(kind)
        if not text.is_on:
            raise NoLongerValid("switched_off", quiet=True)
        return compose(kind_of(kind), text, values, merchant=merchant, button_url=button_url, code=code, links=links)


def compose(
    kind: MailKind,
    text: Text,
    values: Mapping[str, str],
    *,
    merchant: Merchant,
    button_url: str = "",
    code: str = "",
    links: Sequence[tuple[str, str]] = (),
    notice: str = "",
) -> Rendered:
    """Write a mail from these very words; ``notice`` stands above everything (a test says there that it is one)."""
    shown = {field.name: field.shown for field in kind.fields}
    context = {
        "notice": notice,
        "heading": line(text.heading, values),
        "paragraphs": text_paragraphs(text.body, values),
        "html_paragraphs": html_paragraphs(text.body, values, shown),
        "code": code,
        "links": links,
        "button": filled(text.button, values).strip(),
        "button_url": button_url,
    }
    return mail("messaging/mail/text", context, subject=line(text.subject, values), merchant=merchant)
