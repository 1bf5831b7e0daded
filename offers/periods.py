"""The three periods of an offer in the merchant's zone: when it is seen, may be claimed, and its responses used.

A window holds its beginning and not its end. Days are calendar days of the zone (see `tenancy.days`).
"""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import NamedTuple

from offers.models import Offer
from offers.states import PeriodKind
from tenancy.days import add_days

EVERY_DAY = 127
MINUTES = 24 * 60


class Window(NamedTuple):
    """From an instant until just before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def contains(self, at: datetime) -> bool:
        """Say whether the instant lies inside."""
        return (self.start is None or self.start <= at) and (self.end is None or at < self.end)

    def has_passed(self, at: datetime) -> bool:
        """Say whether the end lies behind."""
        return self.end is not None and self.end <= at


ALWAYS = Window()


@dataclass(frozen=True, slots=True)
class Hours:
    """Days of the week (bit 0 is Monday; 0 means no limit at all) and minutes of the day.

    They go over midnight where the end is not after the beginning; the hours after it belong to the day they began on.
    """

    weekdays: int = 0
    start: int = 0
    end: int = MINUTES

    @property
    def is_limited(self) -> bool:
        """Say whether there is any limit."""
        return self.weekdays != 0

    def contains(self, at: datetime, zone: tzinfo) -> bool:
        """Say whether the wall clock of the zone is inside at this instant."""
        if not self.is_limited:
            return True
        today, yesterday, minute = wall_clock(at, zone)
        if self.start < self.end:
            return bool(self.weekdays & today) and self.start <= minute < self.end
        late = bool(self.weekdays & today) and minute >= self.start
        early = bool(self.weekdays & yesterday) and minute < self.end
        return late or early


def wall_clock(at: datetime, zone: tzinfo) -> tuple[int, int, int]:
    """Return the bits of today and yesterday, and the minute of the day, as the clock on the wall has it."""
    local = at.astimezone(zone)
    day = local.weekday()
    return 1 << day, 1 << (day - 1) % 7, local.hour * 60 + local.minute


def hours_of(offer: Offer) -> Hours:
    """Return the days and hours in which the offer is seen; none where it is seen round the clock."""
    is_whole_day = (offer.minute_from, offer.minute_to) == (0, MINUTES)
    if is_whole_day and offer.weekdays in (0, EVERY_DAY):
        return Hours()
    return Hours(offer.weekdays or EVERY_DAY, offer.minute_from, offer.minute_to)


def effectivity(offer: Offer, zone: tzinfo) -> Window:
    """Return when the offer is seen, besides its days and hours. One that counts from publishing, from then on."""
    return _window(offer, "effectivity", offer.published_at, zone)


def response_period(offer: Offer, zone: tzinfo) -> Window:
    """Return when the offer may be claimed."""
    return _window(offer, "response", offer.published_at, zone)


def usage_period(offer: Offer, zone: tzinfo, *, issued_at: datetime) -> Window:
    """Return when a response that was issued then may be used."""
    after_response = offer.usage_kind == PeriodKind.AFTER_RESPONSE
    return _window(offer, "usage", issued_at if after_response else offer.published_at, zone)


def usage_hours(offer: Offer) -> Hours:
    """Return the days and hours in which responses may be used: those of the effectivity where usage is the same."""
    return hours_of(offer) if offer.usage_kind == PeriodKind.SAME else Hours()


def is_seen(offer: Offer, zone: tzinfo, *, at: datetime) -> bool:
    """Say whether members see the offer at this instant."""
    return _is_out(offer) and effectivity(offer, zone).contains(at) and hours_of(offer).contains(at, zone)


def may_be_claimed(offer: Offer, zone: tzinfo, *, at: datetime) -> bool:
    """Say whether members may claim the offer at this instant: it is seen, theirs to claim, and its time to respond."""
    return offer.is_claimable and is_seen(offer, zone, at=at) and response_period(offer, zone).contains(at)


def may_be_given(offer: Offer, zone: tzinfo, *, at: datetime) -> bool:
    """Say whether staff, triggers and files may give the offer out: it is published, and its time has not passed."""
    return _is_out(offer) and not effectivity(offer, zone).has_passed(at)


def _is_out(offer: Offer) -> bool:
    return offer.published_at is not None and offer.archived_at is None


def _window(offer: Offer, name: str, anchor: datetime | None, zone: tzinfo) -> Window:
    kind = getattr(offer, f"{name}_kind")
    if kind == PeriodKind.SAME:
        return effectivity(offer, zone)
    if kind == PeriodKind.FIXED:
        return Window(getattr(offer, f"{name}_from"), getattr(offer, f"{name}_to"))
    if kind == PeriodKind.ALWAYS or anchor is None:
        return ALWAYS
    start = add_days(anchor, getattr(offer, f"{name}_after_days"), zone)
    days = getattr(offer, f"{name}_days")
    return Window(start, None if days is None else add_days(start, days, zone))
