"""What the list of rewards is sorted by where that is counted or made of several columns; there are some hundred."""

from django.db.models import BigIntegerField, Case, F, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from loyalty.models import RedeemedReward, RewardStock
from loyalty.selectors import CAP
from ui.counting import CountUpTo

# Behind every number that a limited reward can have left.
WITHOUT_LIMIT = 1 << 40
ACTIVE, COMING, ENDED, ARCHIVED = range(4)


def times_redeemed() -> CountUpTo:
    """Return how often a reward was redeemed, as far as the list shows it."""
    return CountUpTo(RedeemedReward.objects.filter(reward=OuterRef("pk")), CAP)


def left() -> Case:
    """Return how many of a limited reward are left; one without a limit stands behind all others."""
    taken = Subquery(RewardStock.objects.filter(reward=OuterRef("pk")).values("taken")[:1], output_field=IntegerField())
    return Case(
        When(total_limit__isnull=True, then=Value(WITHOUT_LIMIT)),
        default=Greatest(F("total_limit") - Coalesce(taken, Value(0)), Value(0)),
        output_field=BigIntegerField(),
    )


def standing() -> Case:
    """Return the place of a reward's state now: active, coming, ended, archived; the rule of `reward_tables`."""
    now = timezone.now()
    return Case(
        When(archived_at__isnull=False, then=Value(ARCHIVED)),
        When(active_to__lte=now, then=Value(ENDED)),
        When(active_from__gt=now, then=Value(COMING)),
        default=Value(ACTIVE),
        output_field=IntegerField(),
    )
