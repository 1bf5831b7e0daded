"""The lists of claims and orders."""

from typing import Any
from urllib.parse import urlencode

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from claims_center import badges
from claims_center.marketplaces import Marketplace
from claims_center.models import Claim, Order, PromotionKind
from ui import cells
from ui.addresses import NOBODY, address, row_address
from ui.icons import icon
from ui.tables import Column, Table


def _marketplace(value: str) -> str:
    return cells.text(Marketplace(value).label)


def _promotion(name: str, kind: str) -> str:
    return cells.two_lines(name, PromotionKind(kind).label)


class ClaimTable(Table):
    """One claim a row, read from the claim's own columns alone."""

    row_header = "customer"

    submitted = Column(_("Submitted"), accessor="submitted_at")
    customer = Column(_("Customer"), empty_values=(), phone="lead")
    email = Column(_("E-mail"), accessor="customer_email", phone="none")
    product = Column(_("Product"), empty_values=())
    marketplace = Column(_("Marketplace"), empty_values=(), phone="none")
    order_number = Column(_("Order number"))
    promotion = Column(_("Promotion"), empty_values=())
    rating = Column(_("Rating and feedback"), empty_values=(), phone="none")
    did_redirect = Column(_("Did Redirect"), phone="none")
    verification = Column(_("Verification"))
    status = Column(_("Status"), phone="side")
    delivery = Column(_("Delivery status"), accessor="delivery_status")
    attention = Column(_("From the customer"))
    signals = Column(_("Signals"), empty_values=(), phone="none")
    assignee = Column(_("Assigned to"), accessor="assignee_name", phone="none")
    edit = Column(_("Edit"), empty_values=(), label_on_phone=False)

    def __init__(self, *args: Any, merchant_slug: str, place: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Addresses are looked up once and not for each row.
        self.claim_page = address("claims:claim", merchant_slug, NOBODY)
        self.customer_page = address("cockpit:customer", merchant_slug, NOBODY)
        self.place = f"?{urlencode({'list': place})}" if place else ""
        self.edit_words = _now("Edit the claim of %(customer)s")

    def row_label(self, record: Claim) -> str:
        """Return whose claim it is, and of when."""
        return str(record)

    def render_customer(self, record: Claim) -> str:
        """The customer's name, as the way to the customer's page."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        return cells.person(record.customer_name or record.customer_email, "", url)

    def render_product(self, record: Claim) -> str:
        """The product over the campaign it was claimed in."""
        return self.once(cells.two_lines, record.product_title, record.funnel_name)

    def render_marketplace(self, record: Claim) -> str:
        """Where it was bought."""
        return self.once(_marketplace, record.marketplace)

    def render_order_number(self, value: str) -> str:
        """The number as the customer typed it."""
        return cells.code(value, copy=False)

    def render_promotion(self, record: Claim) -> str:
        """The gift over how it travels."""
        return self.once(_promotion, record.promotion_name, record.promotion_kind)

    def render_rating(self, record: Claim) -> str:
        """Stars over the beginning of the feedback."""
        if record.rating is None and not record.feedback:
            return cells.dash()
        return cells.two_lines(self.once(cells.rating, record.rating), cells.long_text(record.feedback, 40))

    def render_did_redirect(self, value: Any) -> str:
        """Whether the customer went on to the marketplace."""
        return self.once(cells.yes_no, value)

    def render_verification(self, value: str) -> str:
        """What the order history says."""
        return self.once(badges.verification, value)

    def render_status(self, value: str) -> str:
        """Where the claim stands."""
        return self.once(badges.status, value)

    def render_delivery(self, value: str) -> str:
        """How far the gift has come."""
        return self.once(badges.delivery, value)

    def render_attention(self, value: str) -> str:
        """What the customer said that nobody has acted on yet."""
        return self.once(badges.attention, value)

    def render_signals(self, record: Claim) -> str:
        """What stands out about the claim, and whether the customer has claimed before."""
        return self.once(badges.signals, record.signals, record.is_repeat)

    def render_edit(self, record: Claim) -> str:
        """The way to the claim's page, which knows this place of the list."""
        url = self.claim_page.replace(NOBODY, str(record.id))
        label = self.edit_words % {"customer": record.customer_name or record.customer_email}
        return SafeString(
            f'<a class="btn btn-ghost btn-icon btn-sm" href="{cells.esc(url + self.place)}" aria-label="{cells.esc(label)}"'
            f' title="{cells.esc(label)}" data-open>{icon("pencil", 15)}</a>'
        )


class OrderTable(Table):
    """One order a row."""

    number = Column(_("Order number"), empty_values=(), phone="lead")
    ordered = Column(_("Ordered"), accessor="ordered_at")
    marketplace = Column(_("Marketplace"), empty_values=())
    status = Column(_("Status"), empty_values=(), phone="side")
    items = Column(_("Items"), accessor="item_count", numeric=True)
    amount = Column(_("Amount"), empty_values=(), numeric=True)
    buyer = Column(_("Buyer"), empty_values=())
    imported = Column(_("Imported"), accessor="imported_at")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def row_label(self, record: Order) -> str:
        """Return the order's number."""
        return record.number

    def render_number(self, record: Order) -> str:
        """The number, as the way to the order's page."""
        return cells.link(row_address("claims:order", self.merchant_slug, record.id), record.number)

    def render_marketplace(self, record: Order) -> str:
        """Marketplace over its sales channel."""
        return cells.two_lines(record.get_marketplace_display(), record.channel)

    def render_status(self, record: Order) -> str:
        """What has become of the order."""
        return badges.order_status(record.status)

    def render_amount(self, record: Order) -> str:
        """The order's total."""
        return cells.money(record.amount, record.currency or "USD")

    def render_buyer(self, record: Order) -> str:
        """The buyer, where the report says."""
        return cells.two_lines(record.buyer_name, record.buyer_email) if record.buyer_name else cells.dash()
