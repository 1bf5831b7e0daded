"""What the results of bulk acts on redeemed rewards are sorted by: where each stands now, whatever the act did."""

from typing import Any

from django.db.models import Case, CharField, IntegerField, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone

from jobs.bulk.ordering import row_sorts
from loyalty.bulk.kit import REWARDS
from loyalty.coupon import status_at
from loyalty.models import RedeemedReward
from loyalty.states import RewardType
from ui.sorting import Made

CODE = Case(
    When(redeemed__code_value="", then=Value("")),
    default=Concat(Value(" ("), "redeemed__code_value", Value(")")),
    output_field=TextField(),
)
# A cashback has no box.
USED = Case(
    When(redeemed__reward_type=RewardType.CASHBACK, then=Value(0)),
    When(redeemed__used_at__isnull=True, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


def reward_sorts() -> dict[str, Any]:
    """Return what the results of an act on redeemed rewards are sorted by."""
    return row_sorts(REWARDS, document=Concat("redeemed__reward_name", CODE, output_field=TextField())) | {
        "coupon": Made(_coupon),
        "used": USED,
        "delivery": "redeemed__delivery_status",
        "redeemed": "redeemed__redeemed_at",
    }


def _coupon() -> Coalesce:
    rows = RedeemedReward.objects.filter(id=OuterRef("redeemed_id")).annotate(stands=status_at(timezone.now()))
    return Coalesce(Subquery(rows.values("stands")[:1]), Value(""), output_field=CharField())
