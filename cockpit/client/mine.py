"""A customer's redeemed rewards in the customer's words: whether they can be used, and what becomes of them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from claims_center.carriers import tracking_url
from cockpit.client import looks
from loyalty.coupon import having, status_of
from loyalty.models import RedeemedReward
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, RewardType
from ui import cells, locale
from ui.keyset import KeysetPage, Sort, paginate

SIZE = 20
NEWEST = Sort("redeemed", "redeemed_at", descending=True)
FEW = 3


@dataclass(frozen=True, slots=True)
class Mine:
    """One reward of the customer's; `is_ready`: it can be used now; `code` only while it may be seen."""

    row: RedeemedReward
    label: str
    tone: str
    mark: str
    detail: str
    is_ready: bool
    code: str
    url: str

    @property
    def icon(self) -> str:
        """Return the icon of its type."""
        return looks.icon_of(self.row.reward_type)

    @property
    def badge(self) -> SafeString:
        """Return its state as a badge."""
        return cells.badge(self.label, self.tone, self.mark)

    @property
    def tracking_url(self) -> str:
        """Return where its parcel can be followed, "" where nobody knows."""
        return tracking_url(self.row.carrier, self.row.tracking_number)


def mine_page(*, customer_id: uuid.UUID, after: str = "", before: str = "") -> KeysetPage:
    """Return a page of what the customer has redeemed or was given, the latest first."""
    rows = RedeemedReward.objects.filter(customer_id=customer_id)
    return paginate(rows, sort=NEWEST, size=SIZE, after=after, before=before)


def ready_now(*, customer_id: uuid.UUID, at: datetime) -> list[RedeemedReward]:
    """Return the latest few rewards that can be used now."""
    usable = having(CouponStatus.ACTIVE, at=at) & Q(used_at__isnull=True, cashback_status="")
    rows = RedeemedReward.objects.filter(usable, customer_id=customer_id).exclude(reward_type=RewardType.GIFT)
    return list(rows.order_by("-redeemed_at", "-id")[:FEW])


def told(rows: Sequence[RedeemedReward], *, slug: str, at: datetime) -> list[Mine]:
    """Return redeemed rewards in the customer's words, at an instant."""
    return [_told(row, slug, at) for row in rows]


def one_of(*, redeemed_id: uuid.UUID, customer_id: uuid.UUID, slug: str, at: datetime) -> Mine | None:
    """Return one reward of the customer's; None for anybody else's."""
    rows = RedeemedReward.objects.select_related("reward").filter(id=redeemed_id, customer_id=customer_id)
    return next(iter(told(list(rows), slug=slug, at=at)), None)


def _told(row: RedeemedReward, slug: str, at: datetime) -> Mine:
    status = status_of(row, at=at)
    is_ready = status == CouponStatus.ACTIVE and row.used_at is None and row.reward_type not in UNPRESENTED
    label, tone, mark, detail = _words(row, status)
    may_see = status == CouponStatus.ACTIVE
    url = reverse("client:one", args=[slug, row.id])
    return Mine(row, str(label), tone, mark, str(detail), is_ready, row.code_value if may_see else "", url)


# Nothing to show at a till: the one is paid out, the other comes by post.
UNPRESENTED = frozenset({RewardType.CASHBACK, RewardType.GIFT})
Words = tuple[Any, str, str, Any]


def _words(row: RedeemedReward, status: CouponStatus) -> Words:
    if status == CouponStatus.CANCELED:
        back = _("Your points were given back.") if row.is_refunded and row.cost_in_points else ""
        return _("Canceled"), "bad", "circle-x", back
    if row.reward_type == RewardType.CASHBACK:
        return _cashback(row)
    if row.used_at is not None:
        return _used(row)
    if status == CouponStatus.EXPIRED and row.expires_at is not None:
        return _("Expired"), "mute", "hourglass", _("It ended on %(day)s.") % {"day": locale.moment(row.expires_at)}
    if status == CouponStatus.INACTIVE:
        when = {"day": locale.moment(row.active_from)}
        return _("Not active yet"), "info", "clock", _("You can use it from %(day)s.") % when
    if row.reward_type == RewardType.GIFT:
        return _("Reserved for you"), "info", "package", _("The shop gets it ready and sends it to your address.")
    return _("Ready to use"), "ok", "circle-check", _until(row)


def _until(row: RedeemedReward) -> str:
    if row.expires_at is None:
        return _("It does not expire.")
    return _("Use it before %(day)s.") % {"day": locale.moment(row.expires_at)}


def _used(row: RedeemedReward) -> Words:
    if row.reward_type != RewardType.GIFT:
        day = locale.day(row.used_at) if row.used_at else ""
        return _("Used"), "mute", "check", _("You used it on %(day)s.") % {"day": day}
    found: dict[str, Words] = {
        DeliveryStatus.ORDERED: (_("Being packed"), "warn", "clipboard-list", _("It is sent to your address soon.")),
        DeliveryStatus.SHIPPED: (_("On its way"), "info", "truck", _("It was handed to the carrier.")),
        DeliveryStatus.DELIVERED: (_("Delivered"), "ok", "package-check", _("It has arrived. Enjoy it.")),
        DeliveryStatus.CANCELED: (_("Not sent"), "bad", "package-x", _("Its shipping was canceled. Ask the shop.")),
    }
    return found[row.delivery_status]


def _cashback(row: RedeemedReward) -> Words:
    found: dict[str, Words] = {
        CashbackStatus.INIT: (_("Being paid"), "info", "clock", _("The money is on its way to your wallet.")),
        CashbackStatus.PENDING: (_("Being paid"), "info", "clock", _("The bank takes its time; we keep asking.")),
        CashbackStatus.SUCCESS: (_("Paid"), "ok", "circle-check", _("The money is in your wallet.")),
        CashbackStatus.FAILURE: (_("Not paid"), "bad", "circle-x", _("The bank refused it. The shop looks into it.")),
    }
    return found[row.cashback_status]
