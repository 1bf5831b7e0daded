"""What rooms tell about triggers: what can be given (targets), and what the acts behind it are called (sources).

The top names both in plain dicts: `config/triggers.py`.
"""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db.models import Count, QuerySet
from django.utils.module_loading import import_string

from codes.selectors import free_count
from ledger.models import Entry
from triggers.acts import About, Armed, Happened
from triggers.models import Trigger

SAMPLE = 20
# How a thing says that its codes come from a pool, which runs empty.
POOL = "pool"


@dataclass(frozen=True, slots=True)
class Room:
    """How much is left of what a target gives: None for no limit; `taken` is what members have already."""

    for_each: int | None
    taken: Mapping[uuid.UUID, int] = field(default_factory=dict)
    in_all: int | None = None
    # Why nothing would be given now at all, "" where something would.
    closed: str = ""


class Sample(NamedTuple):
    """An act of the past: when, whose, what."""

    at: datetime
    customer_id: uuid.UUID
    about: About


class Target(ABC):
    """One kind of thing that triggers give.

    `name` is the field of the trigger's model that names the thing (and of `given`, `stock` and `taken`: what was
    given of it, how much in all, how much to each), and the thing itself in the audit log. `own_limit` is the thing's
    field for how often each may have it. `flag` is SQL over a trigger (`t`) for the one thing that the room wants to
    know beyond the others.
    """

    name: ClassVar[str]
    model: ClassVar[type[Trigger]]
    thing: ClassVar[Any]
    given: ClassVar[Any]
    stock: ClassVar[Any]
    taken: ClassVar[Any]
    own_limit: ClassVar[str]
    # What is said of a thing that is not open.
    closed: ClassVar[Any]
    flag: ClassVar[str] = "false"
    # What giving may refuse; everything else is a fault.
    refused: ClassVar[tuple[type[Exception], ...]] = ()

    @abstractmethod
    def give(self, trigger: Armed, act: Happened, *, now: datetime) -> Any:
        """Give it once for the act, in a savepoint of its own; return the row, the first one's where there is one.

        Raises what `refused` names.
        """

    @abstractmethod
    def is_open(self, thing: Any, *, at: datetime) -> bool:
        """Say whether it could be given at all at an instant."""

    def answered(
        self, *, subjects: Collection[uuid.UUID], entries: Sequence[uuid.UUID]
    ) -> set[tuple[uuid.UUID, uuid.UUID]]:
        """Return the pairs of what was given and the entry that it answers."""
        name = f"{self.name}_id"
        rows: Any = self.given.objects.filter(**{f"{name}__in": list(subjects)}, trigger_entry_id__in=list(entries))
        return set(rows.values_list(name, "trigger_entry_id"))

    def held(self, *, subject_id: uuid.UUID) -> Any:
        """Return what triggers of this target give, locked against other changes. Raises its DoesNotExist."""
        return self.thing.objects.select_for_update(no_key=True).get(id=subject_id)

    def room(self, *, subject_id: uuid.UUID, at: datetime) -> Room:
        """Return how much of it members could still get."""
        thing: Any = self.thing.objects.get(id=subject_id)
        of = {f"{self.name}_id": subject_id}
        own_limit, own, left = getattr(thing, self.own_limit), {}, None
        if own_limit is not None:
            own = dict(self.taken.objects.filter(**of).values_list("customer_id", "taken"))
        if thing.total_limit is not None:
            taken = self.stock.objects.filter(**of).values_list("taken", flat=True).first() or 0
            left = max(thing.total_limit - taken, 0)
        if thing.code_source == POOL:
            free = free_count(thing.pool_id)
            left = free if left is None else min(left, free)
        return Room(own_limit, own, left, "" if self.is_open(thing, at=at) else str(self.closed))

    def triggers_of(self, subject_id: uuid.UUID) -> QuerySet[Any]:
        """Return the triggers of one thing, switched off ones too."""
        found: QuerySet[Any] = self.model._default_manager.filter(**{f"{self.name}_id": subject_id})
        return found.order_by("event")


class Source:
    """Where the acts of one occasion come from: their entries in the journal, and what they are called."""

    def narrowed(self, entries: QuerySet[Entry], minimum: Decimal) -> QuerySet[Entry]:
        """Return the entries whose act was worth at least this much; only purchases are worth something."""
        return entries

    def amounts(self, origins: Sequence[uuid.UUID]) -> dict[uuid.UUID, Decimal]:
        """Return what the acts of these documents were worth."""
        return {}

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return acts in words by their entries."""
        raise NotImplementedError

    def sample(
        self, event: str, *, since: datetime, until: datetime, minimum: Decimal | None, slug: str
    ) -> list[Sample]:
        """Return the latest acts of a period, SAMPLE at most."""
        found = self.entries(event, since=since, until=until, minimum=minimum)
        rows = list(found.order_by("-occurred_at", "-id")[:SAMPLE])
        words = self.describe(rows, slug=slug)
        return [Sample(one.occurred_at, one.customer_id, words.get(one.id, About(""))) for one in rows]

    def per_member(
        self, event: str, *, since: datetime, until: datetime, minimum: Decimal | None
    ) -> dict[uuid.UUID, int]:
        """Return how often each member did it from `since` until before `until`."""
        found = self.entries(event, since=since, until=until, minimum=minimum).values_list("customer_id")
        return dict(found.annotate(n=Count("origin_id", distinct=True)).order_by())

    def entries(self, event: str, *, since: datetime, until: datetime, minimum: Decimal | None) -> QuerySet[Entry]:
        """Return the acts of a period as entries of the journal."""
        found: QuerySet[Entry] = Entry.objects.filter(event=event, occurred_at__gte=since, occurred_at__lt=until)
        return found if minimum is None else self.narrowed(found, minimum)


def targets() -> dict[str, Target]:
    """Return everything that triggers can give, by name."""
    return _imported(settings.TRIGGER_TARGETS)


def sources() -> dict[str, Source]:
    """Return where the acts of each event come from."""
    return _imported(settings.TRIGGER_SOURCES)


@cache
def _imported(path: str) -> dict[str, Any]:
    return {name: import_string(each) for name, each in import_string(path).items()}
