"""What a customer was given of offers, in the customer's words: whether it can be used now, and what becomes of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from claims_center.carriers import tracking_url
from cockpit.client import codeimage
from offers import badges, benefits
from offers.models import OfferResponse
from offers.offer_page import hours_words
from offers.rules import having_use
from offers.selectors import responses_of
from offers.services.using import is_reserved
from offers.states import WAITING, OfferType, Status, UsageState
from offers.usage import being_open, status_of, usage_of
from tenancy.pictures import address_of
from tenancy.selectors import merchant_zone
from ui import cells, locale

ICONS: dict[str, str] = {
    OfferType.PERCENT_OFF: "badge-percent",
    OfferType.AMOUNT_OFF: "ticket-percent",
    OfferType.BUY_X_GET_Y: "copy-plus",
    OfferType.FREE_ITEM: "gift",
    OfferType.GIFT_WITH_PURCHASE: "shopping-bag",
    OfferType.POINTS_MULTIPLIER: "coins",
}
# So many that are held are shown, and so many of what is over.
MOST, EARLIER = 200, 10


@dataclass(frozen=True, slots=True)
class Coupon:
    """One response of a customer's. `why` says why it cannot be used now, "" where it can or needs no sentence.

    `needs_clip`: it has to be clipped first. `is_ready`: it can be used at this instant.
    """

    row: OfferResponse
    status: Status
    badges: tuple[SafeString, ...]
    detail: str
    why: str
    is_ready: bool
    needs_clip: bool
    url: str
    picture: str

    @property
    def icon(self) -> str:
        """Return the icon of the offer's type."""
        return ICONS.get(self.row.offer_type, "megaphone")

    @property
    def benefit(self) -> str:
        """Return what it gives in words."""
        return benefits.in_words(self.row.offer)

    @property
    def code(self) -> str:
        """Return the certificate code while it can be shown at a till."""
        return self.row.code_value if self.is_ready else ""

    @property
    def qr(self) -> SafeString:
        """Return the code as a QR code."""
        return codeimage.qr(self.code)

    @property
    def bars(self) -> SafeString | None:
        """Return the code as bars, None where it does not fit."""
        return codeimage.bars(self.code)

    @property
    def tracking_url(self) -> str:
        """Return where its parcel can be followed, "" where nobody knows."""
        return tracking_url(self.row.carrier, self.row.tracking_number)


def wallet_of(*, customer_id: uuid.UUID, slug: str, zone: tzinfo, at: datetime) -> tuple[list[Coupon], list[Coupon]]:
    """Return what a customer holds, what can be used first and ends first before the rest, and what is over lately.

    Asked apart, so that what was used since hides nothing that can still be used, however long ago it was given.
    """
    rows, is_open = responses_of(customer_id=customer_id), being_open(at=at)
    ready_first = Case(When(having_use(at=at, zone=zone), then=Value(0)), default=Value(1), output_field=IntegerField())
    held = list(rows.filter(is_open).order_by(ready_first, "expires_rank", "id")[:MOST])
    coupons = sorted(_told(held, slug, zone, at), key=lambda one: (not one.is_ready, one.row.expires_rank))
    return coupons, _told(list(rows.exclude(is_open)[:EARLIER]), slug, zone, at)


def coupon_of(*, response_id: uuid.UUID, customer_id: uuid.UUID, slug: str, at: datetime) -> Coupon | None:
    """Return one response of the customer's; None for anybody else's."""
    rows = responses_of(customer_id=customer_id).filter(id=response_id)
    return next(iter(_told(list(rows), slug, merchant_zone(), at)), None)


def _told(rows: Sequence[OfferResponse], slug: str, zone: tzinfo, at: datetime) -> list[Coupon]:
    return [_coupon(row, slug, zone, at) for row in rows]


def _coupon(row: OfferResponse, slug: str, zone: tzinfo, at: datetime) -> Coupon:
    status, usage = status_of(row, at=at), usage_of(row, at=at, zone=zone)
    waits = status in WAITING
    needs_clip = waits and row.needs_clip and status == Status.PENDING
    why = _why_not(row, usage, at) if waits else ""
    is_ready = waits and not needs_clip and not why
    usage_badge = (badges.usage(row, at=at, zone=zone),) if waits else ()
    return Coupon(
        row=row,
        status=status,
        badges=(_ready() if is_ready else badges.status(status), *usage_badge),
        detail=_detail(row, status),
        why=why,
        is_ready=is_ready,
        needs_clip=needs_clip,
        url=reverse("client:coupon", args=[slug, row.id]),
        picture=address_of(slug, row.offer.image),
    )


def _ready() -> SafeString:
    return cells.badge(_("Ready to use"), "ok", "circle-check")


def _why_not(row: OfferResponse, usage: UsageState, at: datetime) -> str:
    if usage == UsageState.PASSED:
        return _("The time to use it is over.")
    if usage == UsageState.NOT_STARTED:
        if row.usage_from is not None and row.usage_from > at:
            return _("You can use it from %(day)s.") % {"day": locale.moment(row.usage_from)}
        return _("You can use it %(hours)s.") % {"hours": hours_words(row.offer)}
    if is_reserved(response=row, at=at):
        return _("A till is using it at this moment.")
    return ""


def _detail(row: OfferResponse, status: Status) -> str:
    """Return what becomes of it, in a sentence."""
    if status == Status.COMPLETED and row.completed_at is not None:
        return _("You used it on %(day)s.") % {"day": locale.day(row.completed_at)}
    if status == Status.EXPIRED:
        ended = row.closed_at if row.closed_at and row.status == Status.EXPIRED else row.expires_at
        return _("It ended on %(day)s.") % {"day": locale.day(ended)} if ended else _("It has ended.")
    plain = {
        Status.CANCELED: _("The shop took it back. Ask there if you do not know why."),
        Status.PROCESSING: _("The shop gets it ready and sends it to your address."),
        Status.SHIPPING: _("It is on its way to you."),
    }
    if status in plain:
        return plain[status]
    if row.expires_at is None:
        return _("It does not expire.")
    return _("Use it before %(day)s.") % {"day": locale.moment(row.expires_at)}
