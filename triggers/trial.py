"""What a trigger would have given: a period of the past gone through, and nothing done."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from customers.models import Customer
from triggers.acts import About
from triggers.kit import Room, Sample, Target, sources
from triggers.states import Occasion


@dataclass(frozen=True, slots=True)
class Line:
    """One act of the sample: when, who, what."""

    at: datetime
    customer: Customer
    about: About


@dataclass(frozen=True, slots=True)
class Trial:
    """Acts of a period and by how many members; how often it would have been given, and how often not, and why.

    `over` are more than a member may have, `beyond` more than are left; `closed` says why nothing is given now at all.
    """

    acts: int
    members: int
    given: int
    over: int
    beyond: int
    closed: str
    lines: Sequence[Line]


def trial(
    *,
    target: Target,
    subject_id: uuid.UUID,
    occasion: Occasion,
    minimum: Decimal | None,
    since: datetime,
    until: datetime,
    slug: str,
) -> Trial:
    """Return what would have been given for acts from `since` until before `until` (aware), by the limits of today.

    What members have already, and what is left, is counted as it stands now. A handful of queries; nothing is changed.
    """
    source = sources()[occasion]
    asked: dict[str, Any] = {
        "since": since,
        "until": until,
        "minimum": minimum if occasion == Occasion.PURCHASE else None,
    }
    counts = source.per_member(occasion, **asked)
    room = target.room(subject_id=subject_id, at=until)
    acts = sum(counts.values())
    within = _within(counts, room)
    given = within if room.in_all is None else min(within, room.in_all)
    return Trial(
        acts=acts,
        members=len(counts),
        given=given,
        over=acts - within,
        beyond=within - given,
        closed=room.closed,
        lines=_lines(source.sample(occasion, slug=slug, **asked)),
    )


def _within(counts: Mapping[uuid.UUID, int], room: Room) -> int:
    if room.for_each is None:
        return sum(counts.values())
    return sum(min(n, max(room.for_each - room.taken.get(customer, 0), 0)) for customer, n in counts.items())


def _lines(found: Sequence[Sample]) -> list[Line]:
    people = Customer.objects.in_bulk({one.customer_id for one in found})
    return [Line(one.at, people[one.customer_id], one.about) for one in found if one.customer_id in people]
