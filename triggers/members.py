"""The acts of members themselves: that they joined, and that it is their birthday."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from ledger.models import Entry
from tenancy.days import start_of_day
from tenancy.selectors import merchant_zone
from triggers.acts import About
from triggers.birthdays import born, keys_of
from triggers.kit import SAMPLE, Sample, Source
from ui import locale


class Enrolments(Source):
    """Members who joined."""

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return when each joined."""
        words = _("Enrolment on %(day)s")
        return {
            one.id: About(words % {"day": locale.day(one.occurred_at)}, _page(one.customer_id, slug)) for one in entries
        }


class Birthdays(Source):
    """Members whose birthday it is; the journal holds them only while something is given for them."""

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return which birthday it was."""
        zone = merchant_zone()
        return {
            one.id: _birthday(one.occurred_at.astimezone(zone).date(), one.customer_id, slug=slug) for one in entries
        }

    def per_member(
        self, event: str, *, since: datetime, until: datetime, minimum: Decimal | None
    ) -> dict[uuid.UUID, int]:
        """Count the members whose birthday was in the period, whatever the journal holds."""
        keys = {key for day in _days(since, until) for key in keys_of(day)}
        return dict.fromkeys(born(keys).values_list("id", flat=True), 1)

    def sample(
        self, event: str, *, since: datetime, until: datetime, minimum: Decimal | None, slug: str
    ) -> list[Sample]:
        """Return the latest birthdays of the period, at the beginning of their days."""
        zone, found = merchant_zone(), list[Sample]()
        for day in reversed(list(_days(since, until))):
            ids = born(set(keys_of(day))).order_by("id").values_list("id", flat=True)[: SAMPLE - len(found)]
            found += [Sample(start_of_day(day, zone), one, _birthday(day, one, slug=slug)) for one in ids]
            if len(found) >= SAMPLE:
                break
        return found


def _days(since: datetime, until: datetime) -> Iterator[date]:
    """Yield the days of the merchant's zone that begin in a period."""
    zone = merchant_zone()
    day = since.astimezone(zone).date()
    while (begins := start_of_day(day, zone)) < until:
        if begins >= since:
            yield day
        day += timedelta(days=1)


def _birthday(day: date, customer_id: uuid.UUID, *, slug: str) -> About:
    return About(_("Birthday on %(day)s") % {"day": locale.day(day)}, _page(customer_id, slug))


def _page(customer_id: uuid.UUID, slug: str) -> str:
    return reverse("cockpit:customer", args=[slug, customer_id])


ENROLMENTS, BIRTHDAYS = Enrolments(), Birthdays()
