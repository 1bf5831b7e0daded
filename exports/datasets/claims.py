"""Claims, orders and funnels as files."""

from typing import Any

from django.db.models import Case, CharField, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.utils.translation import gettext_lazy as _

from claims_center.catalogue.selectors import RANKS, funnels_for_list, sums_for_list
from claims_center.catalogue.views.funnels import FunnelList
from claims_center.marketplaces import Marketplace
from claims_center.models import Claim, FunnelState, Order, OrderStatus, PromotionKind
from claims_center.states import Attention, Delivery, Status, Verification
from claims_center.views.claims import ClaimList
from claims_center.views.orders import OrderList
from exports.datasets.fields import Dataset, Field, Moment, choice, code, moment, money, number, text, yes_no


def _address(key: str, title: Any) -> Field:
    return text(
        f"ship_to_{key}", title, _("The address that the customer gave."), lambda _: KeyTextTransform(key, "ship_to")
    )


def _claims(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = Claim.objects.all()
    return found


def _orders(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = Order.objects.all()
    return found


def _funnels(at: Moment) -> QuerySet[Any]:
    return funnels_for_list(at.now, sums_for_list())


def _state(_moment: Moment) -> Case:
    return Case(
        *(When(state_rank=rank, then=Value(state.value)) for state, rank in RANKS.items()), output_field=CharField()
    )


CLAIMS = Dataset(
    name="claims",
    title=_("Claims"),
    icon="gift",
    list_name="claims:list",
    page=ClaimList,
    rows=_claims,
    fields=(
        code("id", _("Claim"), _("The claim's id; never changes.")),
        moment("submitted_at", _("Submitted"), _("When the customer sent the claim.")),
        code("customer_id", _("Customer id"), _("The same as in the export of customers.")),
        text("customer_name", _("Customer"), _("As the customer's record says now.")),
        text("customer_email", _("E-mail")),
        text("product_title", _("Product")),
        text("funnel_name", _("Funnel")),
        choice("marketplace", _("Marketplace"), Marketplace.choices),
        code("order_number", _("Order number"), _("As the customer typed it.")),
        text("promotion_name", _("Promotion")),
        choice("promotion_kind", _("Promotion type"), PromotionKind.choices),
        number("rating", _("Rating"), _("1 to 5 stars; empty where none was given.")),
        text("feedback", _("Feedback"), _("The customer's own words.")),
        yes_no("did_redirect", _("Did Redirect"), _("Whether the customer went on to the marketplace.")),
        moment("did_redirect_at", _("Redirected")),
        choice("verification", _("Verification"), Verification.choices, _("What the order history says.")),
        text("verification_reason", _("Why so verified")),
        choice("status", _("Status"), Status.choices),
        text("status_reason", _("Reason of the status")),
        choice("delivery_status", _("Delivery status"), Delivery.choices, _("How far the gift has come.")),
        moment("delivery_at", _("Delivery changed")),
        choice("attention", _("From the customer"), Attention.choices, _("What nobody has acted on yet.")),
        code("gift_code", _("Gift code"), _("The code that the customer was given, in full.")),
        text("gift_item", _("Gift")),
        moment("gift_sent_at", _("Gift sent")),
        text("carrier", _("Carrier")),
        code("tracking_number", _("Tracking number")),
        _address("name", _("Recipient")),
        _address("street", _("Street")),
        _address("house_number", _("House number")),
        _address("building_number", _("Building number")),
        _address("postal_code", _("Postal code")),
        _address("city", _("City")),
        _address("province", _("Province")),
        _address("country", _("Country")),
        moment("verified_at", _("Verified")),
        moment("processed_at", _("Processed")),
        text("assignee_name", _("Assigned to")),
        yes_no("is_repeat", _("Repeat customer")),
        number("version", _("Version"), _("Counts the claim's changes.")),
    ),
    shown={
        "submitted": ("submitted_at",),
        "customer": ("customer_name",),
        "email": ("customer_email",),
        "product": ("product_title", "funnel_name"),
        "promotion": ("promotion_name", "promotion_kind"),
        "rating": ("rating", "feedback"),
        "delivery": ("delivery_status",),
        "signals": ("is_repeat",),
        "assignee": ("assignee_name",),
    },
)

ORDERS = Dataset(
    name="orders",
    title=_("Orders"),
    icon="shopping-bag",
    list_name="claims:orders",
    page=OrderList,
    rows=_orders,
    fields=(
        code("id", _("Order"), _("The id of the order here; never changes.")),
        code("number", _("Order number"), _("The marketplace's own number.")),
        moment("ordered_at", _("Ordered")),
        choice("marketplace", _("Marketplace"), Marketplace.choices),
        text("channel", _("Sales channel")),
        choice("status", _("Status"), OrderStatus.choices),
        text("status_text", _("Status in the report")),
        number("item_count", _("Items")),
        money("amount", _("Amount")),
        code("currency", _("Currency")),
        text("buyer_name", _("Buyer"), _("Where the report says.")),
        text("buyer_email", _("Buyer's e-mail")),
        code("postal_code", _("Postal code")),
        code("country", _("Country")),
        moment("imported_at", _("Imported")),
        moment("changed_at", _("Last changed")),
    ),
    shown={
        "ordered": ("ordered_at",),
        "marketplace": ("marketplace", "channel"),
        "items": ("item_count",),
        "amount": ("amount", "currency"),
        "buyer": ("buyer_name", "buyer_email"),
        "imported": ("imported_at",),
    },
)

FUNNELS = Dataset(
    name="funnels",
    title=_("Funnels with their performance"),
    icon="funnel",
    list_name="catalogue:funnels",
    page=FunnelList,
    rows=_funnels,
    fields=(
        code("id", _("Funnel id"), _("Never changes.")),
        text("name", _("Funnel")),
        code("slug", _("Address")),
        choice("state", _("State"), FunnelState.choices, _("Where the funnel stood when the file was made."), _state),
        text("promotion_name", _("Promotion"), "", "promotion__name"),
        number("visits", _("Visits"), _("Who came.")),
        number("started", _("Started"), _("Who chose a product.")),
        number("submitted", _("Submitted"), _("Who sent a claim.")),
        number("shared", _("Shared"), _("Who pressed Share.")),
        number("processed", _("Processed"), _("Whose claim is done.")),
        moment("starts_at", _("Opens")),
        moment("ends_at", _("Ends")),
        moment("published_at", _("Published")),
        moment("closed_at", _("Closed")),
        moment("archived_at", _("Archived")),
        moment("created_at", _("Created")),
    ),
    shown={
        "promotion": ("promotion_name",),
        "conversion": (),
        "period": ("starts_at", "ends_at"),
        "created": ("created_at",),
    },
    changes="",
)
