"""What the API answers. Ids are texts, times ISO 8601 with offset, amounts decimal texts, points whole numbers."""

from typing import NotRequired, TypedDict


class Expiring(TypedDict):
    """Points that are gone at an instant unless they are spent."""

    points: int
    expires_at: str


class Points(TypedDict):
    """Spendable now, spendable later, and what of it ends when."""

    active: int
    pending: int
    expiring: list[Expiring]


class Member(TypedDict):
    """A member; `points` where one was asked for by id."""

    id: str
    email: str
    phone: str
    card_number: str
    first_name: str
    last_name: str
    birthday: str | None
    address: dict[str, str]
    enrolled_at: str
    points: NotRequired[Points]


class Origin(TypedDict):
    """The document behind a line of a statement."""

    type: str
    id: str


class Lot(TypedDict):
    """How many of a line's points came from one lot, or went into it."""

    id: str
    points: int
    expires_at: str | None


class StatementLine(TypedDict):
    """What moved a member's points, and how many there were right after it."""

    id: str
    event: str
    points: int
    points_after: int
    occurred_at: str
    note: str
    source: Origin
    lots: list[Lot]


class Benefit(TypedDict):
    """What an offer gives."""

    kind: str
    value: str | None
    currency: str
    items: list[str]
    minimum_amount: str | None


class Offer(TypedDict):
    """An offer; the last three where it was asked for one member."""

    id: str
    name: str
    type: str
    benefit: Benefit
    terms: str
    claimable: NotRequired[bool]
    reason: NotRequired[str | None]
    detail: NotRequired[str]


# `from` is a word of Python's own.
UsagePeriod = TypedDict("UsagePeriod", {"from": str | None, "to": str | None, "state": str})


class Reservation(TypedDict):
    """Until when a till holds a response; the token is told once, to whoever reserved it."""

    expires_at: str
    token: NotRequired[str]


class Response(TypedDict):
    """A member's response to an offer."""

    id: str
    offer: Offer
    member_id: str
    status: str
    certificate_code: str | None
    usage_period: UsagePeriod
    issued_at: str
    expires_at: str | None
    completed_at: str | None
    source: str
    reservation: Reservation | None


class NotUsable(TypedDict):
    """A response that does not fit a basket, and why."""

    response_id: str
    code: str
    detail: str


class Checked(TypedDict):
    """What fits a basket, and what does not; `more`: there are more than a thousand, and the rest is left out."""

    usable: list[Response]
    not_usable: list[NotUsable]
    more: bool


class Purchase(TypedDict):
    """A recorded purchase: what it earned, and which offers it brought."""

    reference: str
    points_earned: int
    issued_responses: list[Response]


class Return(TypedDict):
    """How many points went back."""

    points_returned: int


class Reward(TypedDict):
    """A reward; the last three say something where a member was named."""

    id: str
    name: str
    type: str
    description: str
    cost_in_points: int
    percent: str | None
    amount: str | None
    tax_value: str
    currency: str
    redeemable: bool | None
    missing_points: int | None
    reason: str | None


class RewardOf(TypedDict):
    """The reward as it was when it was redeemed."""

    id: str
    name: str
    type: str


class RedeemedReward(TypedDict):
    """A redeemed reward with its four dimensions."""

    id: str
    reward: RewardOf
    member_id: str
    code: str | None
    cost_in_points: int
    tax_value: str
    currency: str
    active_points_after: int
    redeemed_at: str
    used_at: str | None
    used: bool
    coupon_status: str
    delivery_status: str | None
    cashback_status: str | None


class Item(TypedDict):
    """One line of a basket."""

    sku: str
    quantity: NotRequired[int]
    amount: NotRequired[str]
