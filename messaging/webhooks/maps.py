"""What stands in the module that `settings.WEBHOOKS` names: which entries are told under which name, and by whom."""

import importlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType
from typing import Any, Protocol, cast

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string

from messaging.webhooks.states import TEST_EVENT
from tenancy.places import Place, Stretch


@dataclass(frozen=True, slots=True)
class Announced:
    """An event as the outside knows it: its name, its words, and which builder writes its data."""

    name: str
    label: Any
    builder: str


class Written(Protocol):
    """An entry of the journal, as far as telling it needs."""

    id: uuid.UUID
    event: str
    origin_id: uuid.UUID
    occurred_at: datetime
    recorded_at: datetime
    xid: int


class Journal(Protocol):
    """What reads the journal; see `ledger.feed`."""

    def stretch_of(self, place: Place) -> Stretch:
        """Return what is to be read next from a place."""

    def read(self, stretch: Stretch, *, events: Iterable[str] | None, limit: int) -> Sequence[Written]:
        """Return the next entries of a stretch in the order of writing, of these events or of all."""


# Takes the ids of documents and `now`; returns each one's data, without those that are not there.
Builder = Callable[..., dict[uuid.UUID, dict[str, Any]]]


def _module() -> ModuleType:
    return importlib.import_module(settings.WEBHOOKS)


def events() -> dict[str, Announced]:
    """Return by the journal's event how it is announced."""
    found: dict[str, Announced] = _module().EVENTS
    return found


def choices() -> list[tuple[str, Any]]:
    """Return the events to choose from, with their words."""
    return [(one.name, one.label) for one in events().values()]


def label_of(name: str) -> str:
    """Return an announced event in words."""
    known = dict(choices()) | {TEST_EVENT: _module().TEST_LABEL}
    return str(known.get(name, name))


def journal() -> Journal:
    """Return what reads the journal."""
    found: Any = importlib.import_module(_module().JOURNAL)
    return cast("Journal", found)


def builder(name: str) -> Builder:
    """Return what writes the data of a kind of document."""
    found: Builder = import_string(_module().BUILDERS[name])
    return found


def page_of(event: str, subject_id: uuid.UUID, merchant_slug: str) -> str:
    """Return the address of the page of the document that an event is about; nothing where it has none."""
    kind = next((one.builder for one in events().values() if one.name == event), "")
    name = _module().PAGES.get(kind, "")
    return reverse(name, args=[merchant_slug, subject_id]) if name else ""
