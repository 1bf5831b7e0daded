"""Where a response stands at an instant, and whether it is inside its usage period: one rule for everybody.

The stored label is for people who look at the table by hand; a job brings it up to date, and nothing relies on that.
An interval holds its beginning and not its end. Each rule stands here twice, for a row in hand and as an expression of
the database; a test holds that they agree.
"""

from datetime import datetime, tzinfo

from django.db.models import Case, CharField, F, Q, Value, When
from django.db.models.lookups import GreaterThan

from offers.models import OfferResponse
from offers.periods import Hours, Window, wall_clock
from offers.states import OPEN, WAITING, Status, UsageState


def status_of(response: OfferResponse, *, at: datetime) -> Status:
    """Return where a response stands at an instant: one that waits and whose validity has ended is Expired."""
    status = Status(response.status)
    ended = response.expires_at is not None and response.expires_at <= at
    return Status.EXPIRED if ended and status in WAITING else status


def having_status(status: Status, *, at: datetime) -> Q:
    """Return the same rule as a condition on rows; `expires_rank` lies beyond every instant where nothing ends."""
    if status == Status.EXPIRED:
        return Q(status=status) | Q(status__in=WAITING, expires_rank__lte=at)
    return Q(status=status, expires_rank__gt=at) if status in WAITING else Q(status=status)


def being_open(*, at: datetime) -> Q:
    """Return the condition on rows that are not closed at an instant."""
    on_their_way = Q(status__in=[status for status in OPEN if status not in WAITING])
    return Q(status__in=WAITING, expires_rank__gt=at) | on_their_way


def status_at(at: datetime) -> Case:
    """Return the same rule as an expression of the database."""
    return Case(
        *(When(having_status(status, at=at), then=Value(status.value)) for status in Status), output_field=CharField()
    )


def window_of(response: OfferResponse) -> Window:
    """Return a response's usage period, without its days and hours."""
    return Window(response.usage_from, response.usage_to)


def hours_of(response: OfferResponse) -> Hours:
    """Return the days and hours in which a response may be used."""
    return Hours(response.usage_weekdays, response.usage_minute_from, response.usage_minute_to)


def usage_of(response: OfferResponse, *, at: datetime, zone: tzinfo) -> UsageState:
    """Return whether a response is inside its usage period: between two of its days or hours it has not begun again."""
    window = window_of(response)
    if window.has_passed(at):
        return UsageState.PASSED
    inside = window.contains(at) and hours_of(response).contains(at, zone)
    return UsageState.CURRENT if inside else UsageState.NOT_STARTED


def having_usage(state: UsageState, *, at: datetime, zone: tzinfo) -> Q:
    """Return the same rule as a condition on rows; `usage_rank` lies beyond every instant where nothing ends."""
    if state == UsageState.PASSED:
        return Q(usage_rank__lte=at)
    inside = (Q(usage_from__isnull=True) | Q(usage_from__lte=at)) & _in_hours(at, zone)
    return Q(usage_rank__gt=at) & (inside if state == UsageState.CURRENT else ~inside)


def usage_at(at: datetime, zone: tzinfo) -> Case:
    """Return the same rule as an expression of the database."""
    return Case(
        *(When(having_usage(state, at=at, zone=zone), then=Value(state.value)) for state in UsageState),
        output_field=CharField(),
    )


def _in_hours(at: datetime, zone: tzinfo) -> Q:
    today, yesterday, minute = wall_clock(at, zone)
    on_today = Q(GreaterThan(F("usage_weekdays").bitand(today), 0))
    on_yesterday = Q(GreaterThan(F("usage_weekdays").bitand(yesterday), 0))
    has_begun, goes_on = Q(usage_minute_from__lte=minute), Q(usage_minute_to__gt=minute)
    in_one_day = Q(usage_minute_from__lt=F("usage_minute_to"))
    over_midnight = ~in_one_day & (on_today & has_begun | on_yesterday & goes_on)
    return Q(usage_weekdays=0) | in_one_day & on_today & has_begun & goes_on | over_midnight
