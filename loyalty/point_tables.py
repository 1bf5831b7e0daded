"""Purchases and adjustments as tables."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty.models import PointAdjustment, Purchase
from loyalty.point_words import state_badge
from loyalty.states import AdjustmentState
from tenancy.selectors import actor_names
from ui import cells, locale
from ui.tables import Column, Table

# Stands in an address where a row's id will stand.
NOBODY = str(uuid.UUID(int=0))
MINUS = "\N{MINUS SIGN}"


def signed(points: int) -> str:
    """Return points with their sign."""
    return f"{'+' if points > 0 else MINUS if points < 0 else ''}{locale.number(abs(points))}"


class PurchaseTable(Table):
    """One purchase a row; its reference leads to its page."""

    reference = Column(_("Reference"), empty_values=(), phone="lead")
    purchased = Column(_("Purchased"), accessor="occurred_at")
    customer = Column(_("Customer"), empty_values=())
    amount = Column(_("Amount"), empty_values=(), numeric=True)
    points = Column(_("Points earned"), accessor="points_earned", numeric=True, phone="side")
    returned = Column(_("Points returned"), accessor="points_returned", numeric=True, phone="none")

    def __init__(self, *args: Any, merchant_slug: str, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.place = f"?list={place}" if place else ""
        self.purchase_page = reverse("loyalty:purchase", args=[merchant_slug, NOBODY])
        self.customer_page = reverse("cockpit:customer", args=[merchant_slug, NOBODY])

    def row_label(self, record: Purchase) -> str:
        """Return the shop's number."""
        return record.reference

    def render_reference(self, record: Purchase) -> str:
        """The shop's number, as the way to the purchase."""
        return cells.link(self.purchase_page.replace(NOBODY, str(record.id)) + self.place, record.reference)

    def render_customer(self, record: Purchase) -> str:
        """Whose it is."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        return cells.person(record.customer.name, record.customer.email, url)

    def render_amount(self, record: Purchase) -> str:
        """What was paid, and below it what came back."""
        paid = cells.money(record.amount, record.currency)
        if not record.returned_amount:
            return paid
        back = locale.money(record.returned_amount, record.currency)
        return cells.two_lines(paid, _now("%(amount)s returned") % {"amount": back})


class AdjustmentTable(Table):
    """One adjustment a row. `viewer` is who looks: nobody decides about what they asked for themselves."""

    row_header = "customer"

    customer = Column(_("Customer"), empty_values=(), phone="lead")
    points = Column(_("Points"), empty_values=(), numeric=True, phone="side")
    reason = Column(_("Reason"))
    asked_by = Column(_("Asked by"), empty_values=())
    asked = Column(_("Asked"), accessor="asked_at")
    state = Column(_("State"), empty_values=())
    decided_by = Column(_("Decided by"), empty_values=(), phone="none")
    actions = Column(_("Actions"), empty_values=(), label_on_phone=False)

    def __init__(self, *args: Any, merchant_slug: str, viewer: str, may_decide: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.may_decide = viewer, may_decide
        self.customer_page = reverse("cockpit:customer", args=[merchant_slug, NOBODY])
        self.acts = {name: reverse(f"loyalty:{name}", args=[merchant_slug, NOBODY]) for name in ("approve", "decline")}
        self.names = actor_names(
            {one for record in self.records for one in (record.asked_by, record.decided_by) if one}
        )

    def row_label(self, record: PointAdjustment) -> str:
        """Return whose points they are, and how many."""
        return f"{record.customer.known_as} {record}"

    def render_customer(self, record: PointAdjustment) -> str:
        """Whose points they are."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        return cells.person(record.customer.name, record.customer.email, f"{url}?tab=points")

    def render_points(self, record: PointAdjustment) -> str:
        """How many, with their sign."""
        return cells.text(signed(record.points))

    def render_reason(self, value: str) -> str:
        """Why."""
        return cells.long_text(value, 60)

    def render_state(self, record: PointAdjustment) -> str:
        """Whether a second person has agreed."""
        return state_badge(record.state)

    def render_asked_by(self, record: PointAdjustment) -> str:
        """Who wants it."""
        return cells.text(self.names.get(record.asked_by))

    def render_decided_by(self, record: PointAdjustment) -> str:
        """The second person."""
        return cells.text(self.names.get(record.decided_by))

    def render_actions(self, record: PointAdjustment) -> str:
        """Approve and decline, for everybody who may but the one who asked."""
        if record.state != AdjustmentState.WAITING or not self.may_decide:
            return cells.dash()
        if record.asked_by == self.viewer:
            return SafeString(f'<span class="sub">{cells.esc(_now("A second person decides"))}</span>')
        urls = {name: url.replace(NOBODY, str(record.id)) for name, url in self.acts.items()}
        told = {"customer": record.customer.known_as, "points": signed(record.points)}
        approve, decline = (
            _now("Approve %(points)s points for %(customer)s") % told,
            _now("Decline %(points)s points for %(customer)s") % told,
        )
        return SafeString(
            cells.action(urls["approve"], approve, "check", dialog=True)
            + cells.action(urls["decline"], decline, "x", dialog=True)
        )
