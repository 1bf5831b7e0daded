"""What customers hold, and what became of what was issued. All reads run in the merchant's scope.

"Usable" is judged at an instant, never by whether a sweep has run: from `usable_from` until just before `expires_at`.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce

from ledger.models import Account, Entry, Grant, Movement
from ledger.units import Bucket, Unit
from tenancy.scope import current_merchant_id

DRAW_ORDER = (F("expires_at").asc(nulls_last=True), F("usable_from").asc(), F("id").asc())

USABLE = """
SELECT coalesce(sum(g.remaining), 0) FROM ledger.accounts a
JOIN ledger.grants g ON g.merchant_id = %(merchant)s AND g.account_id = a.id
WHERE a.merchant_id = %(merchant)s AND a.customer_id = %(customer)s AND a.unit = %(unit)s
  AND g.is_open AND g.usable_from <= %(at)s AND (g.expires_at IS NULL OR g.expires_at > %(at)s)
"""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a customer holds of a unit at an instant."""

    usable: int
    pending: int


def _unexpired(at: datetime) -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=at)


def usable_at(at: datetime) -> Q:
    """Return the condition on grants that can be drawn at an instant."""
    return Q(is_open=True, usable_from__lte=at) & _unexpired(at)


def pending_at(at: datetime) -> Q:
    """Return the condition on grants that are locked at an instant and will be usable later."""
    return Q(is_open=True, usable_from__gt=at) & _unexpired(at)


def grants_of(*, customer_id: uuid.UUID, unit: Unit | None = None) -> QuerySet[Grant]:
    """Return a customer's grants, used up ones too."""
    accounts = Account.objects.filter(customer_id=customer_id, **({"unit": unit} if unit else {}))
    found: QuerySet[Grant] = Grant.objects.filter(account_id__in=accounts.values("id"))
    return found


def open_grants(*, customer_id: uuid.UUID, unit: Unit, at: datetime) -> QuerySet[Grant]:
    """Return the grants that a draw at this instant would take from, in the order of drawing."""
    return grants_of(customer_id=customer_id, unit=unit).filter(usable_at(at)).order_by(*DRAW_ORDER)


def upcoming_grants(*, customer_id: uuid.UUID, unit: Unit, at: datetime) -> QuerySet[Grant]:
    """Return the grants that are still locked, the next one first."""
    return grants_of(customer_id=customer_id, unit=unit).filter(pending_at(at)).order_by("usable_from", "id")


def expiring_grants(*, customer_id: uuid.UUID, unit: Unit, at: datetime, until: datetime) -> QuerySet[Grant]:
    """Return the usable grants that end by `until`, the next one first."""
    return open_grants(customer_id=customer_id, unit=unit, at=at).filter(expires_at__lte=until)


def holding(*, customer_id: uuid.UUID, unit: Unit, at: datetime) -> Holding:
    """Return what a customer can use at this instant, and what is still locked."""
    sums = grants_of(customer_id=customer_id, unit=unit).aggregate(
        usable=Coalesce(Sum("remaining", filter=usable_at(at)), 0),
        pending=Coalesce(Sum("remaining", filter=pending_at(at)), 0),
    )
    return Holding(int(sums["usable"]), int(sums["pending"]))


def usable_balance(*, customer_id: uuid.UUID, unit: Unit, at: datetime) -> int:
    """Return what a customer can use at this instant: right even when no sweep has run.

    The same as `holding` says, by a statement that is not put together anew each time: every redemption asks it.
    """
    values: dict[str, Any] = {"merchant": current_merchant_id(), "customer": customer_id, "unit": unit, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(USABLE, values)
        return int(cursor.fetchone()[0])


def pending_balance(*, customer_id: uuid.UUID, unit: Unit, at: datetime) -> int:
    """Return what a customer has that is still locked at this instant."""
    return holding(customer_id=customer_id, unit=unit, at=at).pending


def usable_balances(*, customer_ids: Sequence[uuid.UUID], unit: Unit, at: datetime) -> dict[uuid.UUID, int]:
    """Return what each of these customers can use, by one query; customers without an account have 0."""
    found = (
        Grant.objects.filter(usable_at(at), account__customer_id__in=customer_ids, unit=unit)
        .values_list("account__customer_id")
        .annotate(total=Sum("remaining"))
        .order_by()
    )
    return dict.fromkeys(customer_ids, 0) | {customer: int(total) for customer, total in found}


def timeline(
    *, customer_id: uuid.UUID, limit: int = 50, before: tuple[datetime, uuid.UUID] | None = None
) -> list[Entry]:
    """Return a customer's entries, newest first, each with `movements` and their grants loaded: three queries.

    `before` is (occurred_at, id) of the last entry of the page before.
    """
    found = Entry.objects.filter(customer_id=customer_id)
    if before:
        at, entry_id = before
        found = found.filter(occurred_at__lte=at).filter(Q(occurred_at__lt=at) | Q(id__lt=entry_id))
    return list(found.order_by("-occurred_at", "-id").prefetch_related("movements__grant")[:limit])


def entries_of(*, origin: str, origin_id: uuid.UUID) -> QuerySet[Entry]:
    """Return the entries of one document, oldest first, each with its movements to be had by `prefetch_related`."""
    found: QuerySet[Entry] = Entry.objects.filter(origin_id=origin_id, origin=origin).order_by("occurred_at", "id")
    return found


def is_reversed(*, entry_id: uuid.UUID) -> bool:
    """Say whether an entry has been reversed."""
    return bool(Entry.objects.filter(reverses_id=entry_id).exists())


def paid_by(*, entry_id: uuid.UUID) -> QuerySet[Movement]:
    """Return the movements of an entry with the grant that each came from or went to: which lot paid for it."""
    found: QuerySet[Movement] = Movement.objects.filter(entry_id=entry_id).select_related("grant").order_by("position")
    return found


def balance_as_of(*, customer_id: uuid.UUID, unit: Unit, at: datetime, known_at: datetime | None = None) -> Holding:
    """Return what a customer could use at a past instant, and what was locked then.

    There are two clocks: what had *happened* by `at` (`occurred_at`; a late sweep or a late import is counted where
    it belongs), and, with `known_at`, only as far as it was *written down* by then (`recorded_at`): what we would
    have said at the time.
    """
    entries = Q(entry__occurred_at__lte=at)
    if known_at:
        entries &= Q(entry__recorded_at__lte=known_at)
    signed = Case(When(target__bucket=Bucket.HELD, then=F("amount")), default=-F("amount"))
    left = (
        Movement.objects.filter(entries, grant_id=OuterRef("id"))
        .order_by()
        .values("grant_id")
        .annotate(total=Sum(signed))
        .values("total")
    )
    sums = (
        grants_of(customer_id=customer_id, unit=unit)
        .filter(_unexpired(at))
        .annotate(left=Coalesce(Subquery(left), 0))
        .aggregate(
            usable=Coalesce(Sum("left", filter=Q(usable_from__lte=at)), 0),
            pending=Coalesce(Sum("left", filter=Q(usable_from__gt=at)), 0),
        )
    )
    return Holding(int(sums["usable"]), int(sums["pending"]))
