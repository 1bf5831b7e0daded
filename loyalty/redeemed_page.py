"""What the page of a redeemed reward shows, and the buttons on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from ledger.models import Movement
from ledger.units import Unit
from loyalty import badges
from loyalty.coupon import status_of
from loyalty.mails import address_lines
from loyalty.models import RedeemedChange, RedeemedReward
from loyalty.point_statement import kind_of
from loyalty.services.using import DELIVERY
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, Event, RewardType
from loyalty.tables import reward_with_code
from tenancy.roles import Role
from tenancy.selectors import actor_names
from triggers.words import because
from ui import cells, locale
from ui.timeline import Fact, TimelineItem


@dataclass(frozen=True, slots=True)
class Button:
    """A way to change the reward: its words and address; `why_not` where it is not possible now."""

    label: str
    url: str
    icon: str
    tone: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """Which lot paid how many points, and when that lot would have ended."""

    points: int
    earned_at: datetime
    expires_at: datetime | None


def context(row: RedeemedReward, *, slug: str, role: int, now: datetime) -> dict[str, Any]:
    """Return everything that the page's template draws."""
    changes = list(RedeemedChange.objects.filter(redeemed=row).order_by("-seq"))
    names = actor_names([change.actor for change in changes])
    return {
        "title": row.reward_name,
        "row": row,
        "name": reward_with_code(row.reward_name, row.code_value),
        "coupon": badges.coupon(status_of(row, at=now)),
        "facts": facts(row, slug=slug, now=now),
        "address": address(row, Customer.objects.get(id=row.customer_id)),
        "paid": paid(row),
        "timeline": [_item(change, names) for change in changes],
        "buttons": buttons(row, slug=slug, now=now) if role >= Role.ADMIN else [],
    }


def facts(row: RedeemedReward, *, slug: str, now: datetime) -> list[Fact]:
    """Return the reward's own facts; the four dimensions each in a line of its own."""
    customer = cells.link(
        reverse("cockpit:customer", args=[slug, row.customer_id]), row.customer_email or _("No e-mail")
    )
    is_cashback = row.reward_type == RewardType.CASHBACK
    used = cells.dash() if is_cashback else cells.text(badges.used_words(is_used=row.used_at is not None))
    why = because(entry_id=row.trigger_entry_id, slug=slug)
    granted = [Fact(_("Granted because of"), cells.link(why.url, why.words))] if why else []
    parcel = [
        Fact(_("Carrier"), row.carrier),
        Fact(_("Tracking number"), row.tracking_number, copy=row.tracking_number),
    ]
    return [
        Fact(_("Coupon status"), badges.coupon(status_of(row, at=now))),
        Fact(_("Unused / Used"), used),
        Fact(_("Delivery status"), badges.delivery(row.delivery_status)),
        *(fact for fact in parcel if fact.value),
        Fact(_("Cashback status"), badges.cashback(row.cashback_status, row.cashback_text)),
        Fact(_("Customer"), customer),
        Fact(_("Reward type"), row.get_reward_type_display()),
        Fact(_("Code"), cells.code(row.code_value)),
        Fact(_("Cost in points"), cells.number(row.cost_in_points)),
        Fact(_("Tax value"), cells.money(row.tax_value, row.currency)),
        Fact(_("Customer active points amount"), cells.number(row.active_points_after)),
        Fact(_("Redeem date and time"), cells.when(row.redeemed_at)),
        Fact(_("Usage date and time"), cells.when(row.used_at)),
        Fact(_("Active from"), cells.when(row.active_from)),
        Fact(_("Valid until"), cells.when(row.expires_at)),
        Fact(_("Redeemed by"), row.get_source_display()),
        *granted,
    ]


def address(row: RedeemedReward, customer: Customer) -> list[Fact]:
    """Return the delivery address part by part; of a used reward as it was when it was marked."""
    known = _ship_to(row, customer)
    labels = (
        ("first_name", _("First name")),
        ("last_name", _("Surname")),
        ("street", _("Street")),
        ("house_number", _("House number")),
        ("building_number", _("Building number")),
        ("province", _("Province")),
        ("city", _("City")),
        ("postal_code", _("Postal code")),
    )
    shown = [Fact(label, cells.text(known.get(name, ""))) for name, label in labels]
    country = known.get("country", "")
    return [*shown, Fact(_("Country"), cells.text(locale.country(country) if country else ""))]


def address_text(row: RedeemedReward, customer: Customer) -> str:
    """Return the same address as it is written on a parcel; "" where no part of it is known."""
    known = _ship_to(row, customer)
    if known.get("country"):
        known = {**known, "country": locale.country(known["country"])}
    return "\n".join(address_lines(known)) if known.get("street") or known.get("city") else ""


def _ship_to(row: RedeemedReward, customer: Customer) -> dict[str, str]:
    return row.ship_to or {"first_name": customer.first_name, "last_name": customer.last_name, **customer.address}


def paid(row: RedeemedReward) -> list[Paid]:
    """Return which lots paid for it."""
    moved = Movement.objects.filter(entry_id=row.entry_id, unit=Unit.POINT).select_related("grant").order_by("position")
    return [Paid(one.amount, one.grant.earned_at, one.grant.expires_at) for one in moved]


def buttons(row: RedeemedReward, *, slug: str, now: datetime) -> list[Button]:
    """Return what can be done to it, each with the reason where it cannot be done now."""

    def url(name: str) -> str:
        return reverse(f"loyalty:{name}", args=[slug, row.id])

    found: list[Button] = []
    fixed = badges.why_fixed(row, at=now)
    if row.reward_type != RewardType.CASHBACK:
        name, label = ("unuse", _("Mark as Unused")) if row.used_at else ("use", _("Mark as Used"))
        found.append(Button(label, url(name), "square-check", why_not=fixed))
    if row.reward_type == RewardType.GIFT and row.used_at and delivery_choices(row):
        found.append(Button(_("Change delivery status"), url("delivery"), "truck"))
    if row.reward_type == RewardType.GIFT and row.delivery_status == DeliveryStatus.ORDERED:
        found.append(Button(_("Send fulfilment mail again"), url("resend"), "mail"))
    if row.cashback_status in (CashbackStatus.INIT, CashbackStatus.PENDING):
        found.append(Button(_("Ask PayTM again"), url("ask"), "refresh-cw"))
    if row.cashback_status == CashbackStatus.FAILURE and row.canceled_at is None:
        found.append(Button(_("Pay again"), url("pay_again"), "banknote"))
    status = status_of(row, at=now)
    if status in (CouponStatus.ACTIVE, CouponStatus.INACTIVE):
        why_not = _("It is marked as used. Mark it as unused first.") if row.used_at else ""
        if row.cashback_status and row.cashback_status != CashbackStatus.FAILURE:
            why_not = _("The cashback is paid, or its payment is on its way.")
        found.append(Button(_("Cancel reward"), url("cancel"), "circle-x", "bad", why_not))
    return found


def delivery_choices(row: RedeemedReward) -> list[DeliveryStatus]:
    """Return what a gift's delivery status may become."""
    if row.canceled_at is not None:
        return []
    return [status for status, (sources, _event) in DELIVERY.items() if row.delivery_status in sources]


def _item(change: RedeemedChange, names: dict[str, str]) -> TimelineItem:
    tone, icon_name = badges.EVENTS[Event(change.event)]
    return TimelineItem(
        icon=icon_name,
        tone=tone,
        title=change.get_event_display(),
        detail=change.reason,
        at=change.at,
        actor=names.get(change.actor) or kind_of(change.actor),
    )
