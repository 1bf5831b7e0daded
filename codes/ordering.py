"""What the lists of pools and codes are sorted by, where that is counted or only partly shown."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, FloatField, IntegerField, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Ceil, Coalesce, Extract, Floor, Greatest, Least, NullIf
from django.utils import timezone

from codes.models import Code
from codes.selectors import RATE_DAYS
from codes.states import CodeState
from ui.sorting import Made

# What is not used lasts longest.
FOR_EVER = 2_000_000_000
A_DAY = 86_400
ENOUGH, LOW, EMPTY, ARCHIVED = range(4)


def counted(state: CodeState) -> Made:
    """Sort pools by how many of their codes are in a state."""
    return Made(lambda: _of_pool(_codes(state=state).annotate(found=Count("id")), nothing=0))


def lasting() -> Made:
    """Sort pools by the whole days for which they last; those that are not used lately come last."""
    return Made(lambda: _of_pool(_reckoned().annotate(found=Coalesce("days", FOR_EVER)), nothing=FOR_EVER))


def standing() -> Made:
    """Sort pools by how they stand: enough, low, empty, archived."""
    return Made(_standing)


def _standing() -> Case:
    low = Q(free__lte=OuterRef("low_mark")) | Q(days__lt=OuterRef("low_days"))
    found = Case(When(free=0, then=EMPTY), When(low, then=LOW), default=ENOUGH, output_field=IntegerField())
    stock = _of_pool(_reckoned().annotate(found=found), nothing=EMPTY)
    return Case(When(archived_at__isnull=False, then=ARCHIVED), default=stock, output_field=IntegerField())


def _codes(**which: Any) -> QuerySet[Any]:
    found: QuerySet[Any] = Code.objects.filter(pool_id=OuterRef("pk"), **which).order_by().values("pool_id")
    return found


def _of_pool(codes: QuerySet[Any], *, nothing: int) -> Coalesce:
    return Coalesce(Subquery(codes.values("found")), nothing, output_field=IntegerField())


def _reckoned() -> QuerySet[Any]:
    """Return the codes of a pool as one row: how many are free, and for how many whole days they last, as `Stock` says."""
    now = timezone.now()
    free = Count("id", filter=Q(state=CodeState.FREE))
    lately = Count("id", filter=Q(taken_at__gte=now - timedelta(days=RATE_DAYS)))
    lasts = Floor(free * _rate_days(now) / NullIf(lately, 0))
    return _codes().annotate(free=free, days=Cast(lasts, IntegerField()))


def _rate_days(now: datetime) -> Least:
    """Return over how many days codes were taken lately: a young pool's are its own."""
    first = Least(Min("created_at"), Min("taken_at"))
    age = Ceil(Cast(Extract(Value(now) - first, "epoch"), FloatField()) / float(A_DAY))
    return Least(Greatest(Cast(age, IntegerField()), 1), RATE_DAYS)
