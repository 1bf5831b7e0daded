"""The rules of `offers.usage` as a list asks them: the same answer, found by an index.

Rows are told apart by columns that stand in the indexes. Expired is the one status that a label may not tell yet: the
sweep comes every minute. Those that it has still to see are asked for beforehand, with a bound, and named by their ids;
where it has been away for long, the rule is asked of every row.
"""

import functools
import operator
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Q, QuerySet, UUIDField, Value

from offers.models import OfferResponse
from offers.states import WAITING, Status, UsageState
from offers.usage import having_status, having_usage
from tenancy.search import IsAmong
from ui.counting import BeginsAt

# Up to so many responses whose label is behind are named by their ids.
FEW = 2000
# For clocks that differ.
MARGIN = timedelta(days=1)
# The newest responses are seldom in these.
LATE = (UsageState.PASSED, UsageState.NOT_STARTED)


def with_status(rows: QuerySet[Any], statuses: Sequence[Status], *, at: datetime) -> QuerySet[Any]:
    """Return those responses that stand in one of these statuses at the instant.

    One query where Expired is asked for, else none.
    """
    known = _behind(at) if Status.EXPIRED in statuses else []
    behind = [key for key, status, _ in known if status in WAITING]
    if Status.EXPIRED not in statuses or len(behind) > FEW:
        return rows.filter(_any_of([having_status(status, at=at) for status in statuses])) if statuses else rows
    if behind and len(statuses) == 1:
        # Two ways of being expired have no index in common: knowing the newest, the database begins to look there.
        rows = rows.filter(issued_at__lte=max(issued_at for _, _, issued_at in known))
    labels = [status for status in statuses if status not in WAITING]
    told = [Q(status__in=labels) if len(labels) > 1 else Q(status=Status.EXPIRED)]
    told += [having_status(status, at=at) for status in statuses if status in WAITING]
    return rows.filter(_any_of([*told, Q(_is_among(behind))] if behind else told))


def with_usage(rows: QuerySet[Any], states: Sequence[UsageState], *, at: datetime, zone: tzinfo) -> QuerySet[Any]:
    """Return those responses whose usage period is in one of these states at the instant; a query for some states."""
    if not states:
        return rows
    wanted = _any_of([having_usage(state, at=at, zone=zone) for state in states])
    if any(state not in LATE for state in states):
        return rows.filter(wanted)
    return since_the_newest(rows, wanted)


def since_the_newest(rows: QuerySet[Any], wanted: Q, *, before: datetime | None = None) -> QuerySet[Any]:
    """Narrow to rows of which a condition on status, end and usage period holds; one query.

    The index in the order of issue alone says which is the newest: knowing it the database begins to look there. With
    ``before`` something happened to them before that instant.
    """
    asked = issued_before(OfferResponse.objects.filter(wanted), before)
    newest = asked.order_by("-issued_at").values_list("issued_at", flat=True).first()
    if newest is None:
        return rows.none()
    begin = BeginsAt(F("issued_at"), newest) if before else Q(issued_at__lte=newest)
    return rows.filter(wanted, begin)


def issued_before(rows: QuerySet[Any], behind: datetime | None) -> QuerySet[Any]:
    """Narrow rows of which something happened before an instant to those issued before it.

    Nothing happens to a response before it is issued: knowing this the database begins to look there.
    """
    return rows.filter(issued_at__lt=behind + MARGIN) if behind else rows


def _any_of(conditions: Sequence[Q]) -> Q:
    return functools.reduce(operator.or_, conditions)


def _is_among(keys: Sequence[uuid.UUID]) -> IsAmong:
    return IsAmong(F("id"), Value(list(keys), ArrayField(UUIDField())))


def _behind(at: datetime) -> list[tuple[uuid.UUID, str, datetime]]:
    """Return id, label and issue of responses that have expired: those labelled otherwise, and the newest labelled so.

    Of the former one too many at most.
    """
    told = OfferResponse.objects.values_list("id", "status", "issued_at")
    # In the order of their index: there are few, and a plan that expects many would read the table to find some.
    ended = told.filter(status__in=WAITING, expires_at__isnull=False, expires_at__lte=at).order_by("expires_at")
    newest = told.filter(status=Status.EXPIRED).order_by("-issued_at")
    return list(ended[: FEW + 1].union(newest[:1], all=True))
