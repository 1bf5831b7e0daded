"""The shapes of answers, for the document that describes the API; a test holds that the answers have them."""

from functools import cache
from typing import Any

from rest_framework import serializers

from loyalty.states import CouponStatus, DeliveryStatus, RewardType
from offers.states import OfferType, Source, Status, UsageState
from pos import bodies

Shape = serializers.Serializer[Any]


def _moment(*, allow_null: bool = False) -> Any:
    return serializers.DateTimeField(allow_null=allow_null)


def _amount(*, allow_null: bool = False) -> Any:
    return serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=allow_null)


@cache
def listed(shape: type[Shape]) -> type[Shape]:
    """Return the shape of one page of a list."""
    parts = {
        "results": shape(many=True),
        "next": serializers.URLField(allow_null=True),
        "__doc__": "One page, and the address of the next.",
    }
    return type(f"{shape.__name__}List", (serializers.Serializer,), parts)


class Wrong(Shape):
    """One value that cannot be used."""

    field = serializers.CharField()
    detail = serializers.CharField()


class Problem(Shape):
    """A problem document (RFC 9457). `code` is stable, `detail` is for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = Wrong(many=True)  # type: ignore[assignment]  # taken off the class by its metaclass
    member_id = serializers.UUIDField(required=False, help_text="With `member_exists`: whose it is.")
    missing_points = serializers.IntegerField(required=False, help_text="With `not_enough_points`: how many.")


class Member(Shape):
    """A member's details."""

    id = serializers.UUIDField()
    email = serializers.CharField(allow_blank=True)
    phone = serializers.CharField(allow_blank=True)
    card_number = serializers.CharField(allow_blank=True)
    first_name = serializers.CharField(allow_blank=True)
    last_name = serializers.CharField(allow_blank=True)
    birthday = serializers.DateField(allow_null=True)
    address = bodies.Address()
    enrolled_at = _moment()


class Expiring(Shape):
    """Points that are gone at this instant unless they are spent."""

    points = serializers.IntegerField()
    expires_at = _moment()


class Points(Shape):
    """Spendable now, spendable later, and what of it ends when."""

    active = serializers.IntegerField()
    pending = serializers.IntegerField()
    expiring = Expiring(many=True)


class MemberWithPoints(Member):
    """A member with points."""

    points = Points()


class Origin(Shape):
    """The document behind a line."""

    type = serializers.CharField()
    id = serializers.UUIDField()


class Lot(Shape):
    """How many of a line's points came from one lot, or went into it."""

    id = serializers.UUIDField()
    points = serializers.IntegerField()
    expires_at = _moment(allow_null=True)


class StatementLine(Shape):
    """What moved a member's points, and how many there were right after it."""

    id = serializers.UUIDField()
    event = serializers.CharField()
    points = serializers.IntegerField()
    points_after = serializers.IntegerField()
    occurred_at = _moment()
    note = serializers.CharField(allow_blank=True)
    source = Origin()  # type: ignore[assignment]  # as above
    lots = Lot(many=True)


class Reward(Shape):
    """A reward; the last three only where a member was named."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(RewardType.choices)
    description = serializers.CharField(allow_blank=True)
    cost_in_points = serializers.IntegerField()
    percent = _amount(allow_null=True)
    amount = _amount(allow_null=True)
    tax_value = _amount()
    currency = serializers.CharField()
    redeemable = serializers.BooleanField(allow_null=True)
    missing_points = serializers.IntegerField(allow_null=True)
    reason = serializers.CharField(allow_null=True)


class RewardOf(Shape):
    """The reward as it was when it was redeemed."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(RewardType.choices)


class RedeemedReward(Shape):
    """A redeemed reward with its four dimensions."""

    id = serializers.UUIDField()
    reward = RewardOf()
    member_id = serializers.UUIDField()
    code = serializers.CharField(allow_null=True)
    cost_in_points = serializers.IntegerField()
    tax_value = _amount()
    currency = serializers.CharField()
    active_points_after = serializers.IntegerField()
    redeemed_at = _moment()
    used_at = _moment(allow_null=True)
    used = serializers.BooleanField()
    coupon_status = serializers.ChoiceField(CouponStatus.choices)
    delivery_status = serializers.ChoiceField(DeliveryStatus.choices, allow_null=True)
    cashback_status = serializers.CharField(allow_null=True)


class Benefit(Shape):
    """What an offer gives: `value` in percent, in `currency`, as `2+1`, or times the points, by `kind`."""

    kind = serializers.ChoiceField(OfferType.choices)
    value = serializers.CharField(allow_null=True)
    currency = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    minimum_amount = _amount(allow_null=True)


class Offer(Shape):
    """An offer."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    type = serializers.ChoiceField(OfferType.choices)
    benefit = Benefit()
    terms = serializers.CharField(allow_blank=True)


class ClaimableOffer(Offer):
    """An offer, and whether the member can claim it now."""

    claimable = serializers.BooleanField()
    reason = serializers.CharField(allow_null=True)
    detail = serializers.CharField(allow_blank=True)


class UsagePeriod(Shape):
    """When a response may be used, and whether that is now."""

    to = _moment(allow_null=True)
    state = serializers.ChoiceField(UsageState.choices)

    def get_fields(self) -> dict[str, Any]:
        """Add what Python keeps for itself."""
        return {"from": _moment(allow_null=True), **super().get_fields()}


class Reservation(Shape):
    """Until when a till holds a response; its token is told once."""

    expires_at = _moment()
    token = serializers.CharField(required=False)


class Response(Shape):
    """A member's response to an offer."""

    id = serializers.UUIDField()
    offer = Offer()
    member_id = serializers.UUIDField()
    status = serializers.ChoiceField(Status.choices)
    certificate_code = serializers.CharField(allow_null=True)
    usage_period = UsagePeriod()
    issued_at = _moment()
    expires_at = _moment(allow_null=True)
    completed_at = _moment(allow_null=True)
    source = serializers.ChoiceField(Source.choices)  # type: ignore[assignment]  # as above
    reservation = Reservation(allow_null=True)


class NotUsable(Shape):
    """A response that does not fit, and why."""

    response_id = serializers.UUIDField()
    code = serializers.CharField()
    detail = serializers.CharField()


class Checked(Shape):
    """What fits a basket, and what does not."""

    usable = Response(many=True)
    not_usable = NotUsable(many=True)
    more = serializers.BooleanField(
        help_text="The member has more than the 1,000 open responses that are told here: those that fit come first."
    )


class Purchase(Shape):
    """A recorded purchase: what it earned, and which offers it brought."""

    reference = serializers.CharField()
    points_earned = serializers.IntegerField()
    issued_responses = Response(many=True)


class Return(Shape):
    """How many points went back."""

    points_returned = serializers.IntegerField()
