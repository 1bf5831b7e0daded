"""Kinds of mails whose words a merchant may change: what each is for, what it may say, and our own words for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.module_loading import import_string

from messaging import maps

# How a field's value is shown in HTML: as it is; with its web addresses as links; as one link.
PLAIN, LINKED, LINK = "plain", "linked", "link"


@dataclass(frozen=True, slots=True)
class Field:
    """A name between curly brackets that a text may use: what it stands for, and what it says in a sample."""

    name: str
    label: Any
    sample: Any
    shown: str = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class MailKind:
    """One kind of mail. ``subject``, ``heading``, ``body`` and ``button`` are our own words, with fields in them.

    ``needed`` names the fields that the body has to say; ``sample_code`` is shown in a preview where the mail carries
    a code; one that is not ``switchable`` is always sent; ``on`` says whether it is sent as long as nobody has chosen.
    """

    label: Any
    sent_when: Any
    subject: Any
    heading: Any
    body: Any
    button: Any = ""
    fields: Sequence[Field] = ()
    needed: Sequence[str] = ()
    sample_code: str = ""
    switchable: bool = True
    on: bool = True

    def field_names(self) -> list[str]:
        """Return the names of its fields."""
        return [field.name for field in self.fields]

    def samples(self) -> dict[str, str]:
        """Return what its fields say in a sample; nobody's real data."""
        return {field.name: str(field.sample) for field in self.fields}


class UnknownKind(LookupError):  # noqa: N818 - reads as what is the case
    """No mail of this kind has words that can be changed."""


def kind_of(kind: str) -> MailKind:
    """Return a kind by its name; raises UnknownKind."""
    path = maps.beside("TEXTS").get(kind)
    if path is None:
        raise UnknownKind(kind)
    found: MailKind = import_string(path)
    return found


def all_kinds() -> dict[str, MailKind]:
    """Return every kind whose words can be changed, by name, in the order in which pages show them."""
    return {kind: kind_of(kind) for kind in maps.beside("TEXTS")}
