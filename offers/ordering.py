"""What the list of offers is sorted by where that is counted or made of several columns; there are some hundred.

Whether an offer is seen now stands here as an expression of the database, in `offers.badges` for a row in hand; a test
holds that they agree.
"""

from datetime import tzinfo
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    DurationField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat, Greatest, Left, Lower, LPad
from django.db.models.lookups import GreaterThan, LessThanOrEqual
from django.utils import timezone

from offers.models import OfferResponse, OfferStock
from offers.selectors import CAP
from offers.states import OfferType, PeriodKind
from ui.counting import CountUpTo
from ui.sorting import LONGEST

# Behind every number that a limited offer can have left.
WITHOUT_LIMIT = 1 << 40
# More than anybody gets of one thing, so that "buy 2, get 9" stands before "buy 3, get 1".
MOST_FREE = 100_000
DIGITS = 18
BY_SIZE = (OfferType.PERCENT_OFF, OfferType.AMOUNT_OFF, OfferType.POINTS_MULTIPLIER)
ACTIVE, COMING, DRAFT, ENDED, ARCHIVED = range(5)


def times_issued() -> CountUpTo:
    """Return how many responses an offer has, as far as the list shows it."""
    return CountUpTo(OfferResponse.objects.filter(offer=OuterRef("pk")), CAP)


def left() -> Case:
    """Return how many of a limited offer are left; one without a limit stands behind all others."""
    taken = Subquery(OfferStock.objects.filter(offer=OuterRef("pk")).values("taken")[:1], output_field=IntegerField())
    return Case(
        When(total_limit__isnull=True, then=Value(WITHOUT_LIMIT)),
        default=Greatest(F("total_limit") - Coalesce(taken, Value(0)), Value(0)),
        output_field=BigIntegerField(),
    )


def standing() -> Case:
    """Return the place of an offer's state now: active, coming, draft, ended, archived."""
    now, zone = timezone.now(), timezone.get_current_timezone()
    fixed, counted = Q(effectivity_kind=PeriodKind.FIXED), Q(effectivity_kind=PeriodKind.AFTER_PUBLISHING)
    begins = _days_later(F("effectivity_after_days"), zone)
    ends = _days_later(F("effectivity_after_days") + F("effectivity_days"), zone)
    is_over = fixed & Q(effectivity_to__lte=now) | counted & Q(LessThanOrEqual(ends, now))
    comes = fixed & Q(effectivity_from__gt=now) | counted & Q(GreaterThan(begins, now))
    return Case(
        When(archived_at__isnull=False, then=Value(ARCHIVED)),
        When(published_at__isnull=True, then=Value(DRAFT)),
        When(is_over, then=Value(ENDED)),
        When(comes, then=Value(COMING)),
        default=Value(ACTIVE),
        output_field=IntegerField(),
    )


def size_of_benefit() -> Concat:
    """Return the place of what an offer gives: by kind, then by size or by the items, then by the least purchase.

    It is one text, in which every number has the same width.
    """
    kind = Case(*(When(offer_type=one, then=Value(str(place))) for place, one in enumerate(OfferType)))
    size = Case(
        When(offer_type__in=BY_SIZE, then=_hundredths(Coalesce("percent", "amount", "multiplier"))),
        When(offer_type=OfferType.BUY_X_GET_Y, then=_whole(F("buy_quantity")) * MOST_FREE + F("get_quantity")),
        output_field=BigIntegerField(),
    )
    items = Case(
        When(offer_type__in=BY_SIZE, then=Value("")), default=Left(Lower("items"), LONGEST), output_field=TextField()
    )
    parts = (kind, _digits(size), items, Value(" "), _digits(_hundredths(F("minimum_amount"))))
    return Concat(*parts, output_field=TextField())


def _days_later(days: Any, zone: tzinfo) -> Func:
    """Return the instant so many calendar days of the zone after publishing, as `tenancy.days.add_days` does."""
    by_clock = Func(Value(str(zone)), F("published_at"), function="timezone", output_field=DateTimeField())
    period = Func(days, template="make_interval(days => %(expressions)s)", output_field=DurationField())
    return Func(Value(str(zone)), by_clock + period, function="timezone", output_field=DateTimeField())


def _whole(number: Any) -> Cast:
    return Cast(number, BigIntegerField())


def _hundredths(amount: Any) -> Cast:
    return _whole(amount * 100)


def _digits(number: Any) -> LPad:
    return LPad(Cast(Coalesce(number, Value(0)), CharField()), DIGITS, Value("0"))
