"""What the lists of the catalogue are sorted by where that is made of several columns or of other rows."""

from datetime import timedelta
from typing import Any

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Subquery,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce

from claims_center.models import Listing

# Shares are compared as so many parts of a claim for each visit; funnels without a visit have none.
PARTS = 1_000_000
NO_SHARE = -1
# What has an end alone stands centuries before all that begins on a day, and what has neither before that.
AGES = timedelta(days=200_000)
ALWAYS = "1000-01-01T00:00:00+00:00"


def sold_at() -> Coalesce:
    """Return the marketplaces of a product as its cell names them; "" where it is sold nowhere."""
    places = Listing.objects.filter(product=OuterRef("pk"), archived_at__isnull=True).order_by().values("product")
    named = places.annotate(named=StringAgg("marketplace", ", ", distinct=True, order_by="marketplace"))
    return Coalesce(Subquery(named.values("named"), output_field=TextField()), Value(""), output_field=TextField())


def in_use_first() -> Case:
    """Return the place of a row's state: in use, archived."""
    return Case(When(archived_at__isnull=True, then=Value(0)), default=Value(1), output_field=IntegerField())


def conversion() -> Case:
    """Return the share of visits that ended in a claim, of rows that carry both; those without a visit come first."""
    share: Any = Cast("submitted", BigIntegerField()) * PARTS / F("visits")
    return Case(When(visits=0, then=Value(NO_SHARE)), default=share, output_field=BigIntegerField())


def period() -> Case:
    """Return the place of a funnel's period: always, until a day, from a day; each by its day."""
    before_all = ExpressionWrapper(F("ends_at") - AGES, output_field=DateTimeField())
    return Case(
        When(starts_at__isnull=False, then="starts_at"),
        When(ends_at__isnull=False, then=before_all),
        default=Value(ALWAYS, output_field=DateTimeField()),
        output_field=DateTimeField(),
    )
