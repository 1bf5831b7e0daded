"""Telling customers by e-mail of points that end soon, where the merchant wants it and the customer does not mind."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Exists, OuterRef, QuerySet, Sum

from customers.models import Customer
from ledger.models import Account, Grant
from ledger.units import Bucket, Unit
from loyalty.models import LoyaltySettings, PointReminder, ReminderStop
from messaging.many import Draft, queue_many
from messaging.models import Suppression
from tenancy.actors import Actor
from tenancy.days import add_days
from tenancy.selectors import merchant_zone

KIND, ORIGIN = "points.expiring", "customer"
BATCH = 500
# What ends so soon after is told in the same mail: somebody who shops every day is not written to every day.
GATHERED = timedelta(days=7)
# How long it is remembered, after points have ended, that they were told of.
KEPT = timedelta(days=30)
# The most that a note of points holds.
MOST_TOLD = 2**31 - 1

Ends = dict[datetime, int]


def remind(*, now: datetime, limit: int = BATCH) -> int:
    """Write to up to ``limit`` customers whose points end within the merchant's days; return to how many.

    1. Locks the merchant's settings, so that two do not write at once. Nothing where reminders are off.
    2. Finds customers with points that end in time and were not told of; those whose address takes no mail, who want no
       reminders, or have no address are left out. Points that are still locked are told of once they can be spent.
    3. Notes each end of lots, so that it is told of once, and queues one mail a customer with all of them, those of the
       week after included.

    Call it again until it returns fewer than ``limit``. ``now`` is UTC; days are those of the merchant's zone.
    """
    rules: LoyaltySettings | None = LoyaltySettings.objects.select_for_update(no_key=True).first()
    if rules is None or not rules.reminds:
        return 0
    until = add_days(now, rules.reminder_days, merchant_zone())
    people = list(_people(now=now, until=until)[:limit])
    ends = _ends(people, now=now, until=until + GATHERED)
    PointReminder.objects.bulk_create(
        PointReminder.made_with(customer_id=customer, expires_at=end, points=min(points, MOST_TOLD), reminded_at=now)
        for customer, lots in ends.items()
        for end, points in lots.items()
    )
    # Whoever has spent them since they were looked for is not among the ends.
    drafts = [_draft(one, ends[one.id]) for one in people if one.id in ends and _is_address(one.email)]
    queue_many(drafts=drafts, origin=ORIGIN, actor=Actor.system(), now=now)
    return len(people)


def stop(*, customer_id: uuid.UUID, now: datetime) -> None:
    """Remind a customer of ending points no more; twice is once. Other mails go on."""
    row = ReminderStop.made_with(customer_id=customer_id, stopped_at=now)
    ReminderStop.objects.bulk_create([row], ignore_conflicts=True)


def is_stopped(*, customer_id: uuid.UUID) -> bool:
    """Say whether a customer wants no reminders of ending points."""
    return bool(ReminderStop.objects.filter(customer_id=customer_id).exists())


def remove_old(*, now: datetime, limit: int) -> int:
    """Forget which points that ended 30 days ago were told of, at most so many; return how many."""
    old = PointReminder.objects.filter(expires_at__lt=now - KEPT).order_by("expires_at").values("id")[:limit]
    removed, _by_model = PointReminder.objects.filter(id__in=list(old.values_list("id", flat=True))).delete()
    return int(removed)


def untold(*, now: datetime, until: datetime) -> QuerySet[Grant]:
    """Return the lots that end by an instant, have something left that can be spent now, and were not told of."""
    told = PointReminder.objects.filter(customer_id=OuterRef("account__customer_id"), expires_at=OuterRef("expires_at"))
    found: QuerySet[Grant] = Grant.objects.filter(
        ~Exists(told),
        unit=Unit.POINT,
        is_open=True,
        usable_from__lte=now,
        expires_at__gt=now,
        expires_at__lte=until,
    )
    return found


def _people(*, now: datetime, until: datetime) -> QuerySet[Customer]:
    """Return whom to write to, by id."""
    held = Account.objects.filter(bucket=Bucket.HELD, unit=Unit.POINT)
    lots = untold(now=now, until=until).filter(account_id__in=held.values("id"))
    closed = Suppression.objects.filter(email_norm=OuterRef("email_norm"))
    stopped = ReminderStop.objects.filter(customer_id=OuterRef("id"))
    found: QuerySet[Customer] = Customer.objects.filter(
        ~Exists(closed), ~Exists(stopped), id__in=lots.values("account__customer_id"), erased_at__isnull=True
    )
    return found.exclude(email_norm="").order_by("id")


def _ends(people: list[Customer], *, now: datetime, until: datetime) -> dict[uuid.UUID, Ends]:
    rows = (
        untold(now=now, until=until)
        .filter(account__customer_id__in=[person.id for person in people])
        .values_list("account__customer_id", "expires_at")
        .annotate(points=Sum("remaining"))
        .order_by("account__customer_id", "expires_at")
    )
    found: dict[uuid.UUID, Ends] = {}
    for customer, end, points in rows:
        found.setdefault(customer, {})[end] = int(points)
    return found


def _draft(person: Customer, ends: Mapping[datetime, int]) -> Draft:
    first = min(ends)
    return Draft(
        origin_id=person.id,
        kind=KIND,
        once_key=f"{KIND}:{person.id}:{first:%Y%m%dT%H%M%S%f}",
        customer_id=person.id,
        to_address=person.email,
        to_name=person.name,
        context={"ends": [end.isoformat() for end in ends]},
    )


def _is_address(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True
