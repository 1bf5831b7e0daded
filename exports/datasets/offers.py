"""Offer responses and the catalogue of offers as files."""

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from exports.datasets.fields import Dataset, Moment, choice, code, decimal, moment, money, number, text, yes_no
from offers.models import Offer, OfferResponse, OfferStock
from offers.states import CodeSource, OfferType, Source, Status, UsageState
from offers.usage import status_at, usage_at
from offers.views.offers import OfferList
from offers.views.responses import ResponseList


def _responses(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = OfferResponse.objects.all()
    return found


def _offers(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = Offer.objects.all()
    return found


def _status(at: Moment) -> Any:
    return status_at(at.now)


def _usage(at: Moment) -> Any:
    return usage_at(at.now, at.zone)


def _times(**wanted: Any) -> Any:
    def count(_moment: Moment) -> Any:
        rows = OfferResponse.objects.filter(offer=OuterRef("pk"), **wanted).order_by().values("offer")
        return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n"), output_field=IntegerField()), Value(0))

    return count


def _taken(_moment: Moment) -> Any:
    rows = OfferStock.objects.filter(offer=OuterRef("pk")).values("taken")[:1]
    return Coalesce(Subquery(rows, output_field=IntegerField()), Value(0))


RESPONSES = Dataset(
    name="offer_responses",
    title=_("Offer Responses"),
    icon="ticket-check",
    list_name="offers:responses",
    page=ResponseList,
    rows=_responses,
    fields=(
        code("id", _("Response"), _("Its id; what an import of statuses finds it by.")),
        code("offer_id", _("Offer id")),
        text("offer_name", _("Offer")),
        choice("offer_type", _("Type"), OfferType.choices),
        code("customer_id", _("Member id"), _("The same as in the export of customers.")),
        text("member_name", _("Member")),
        text("member_email", _("E-mail")),
        code("card_number", _("Card number"), "", "customer__card_number"),
        code("certificate_code", _("Certificate code"), _("In full."), "code_value"),
        moment("usage_from", _("Can be used from"), _("Empty: from the beginning.")),
        moment("usage_to", _("Can be used until"), _("Empty: always.")),
        choice("usage_period", _("Usage period"), UsageState.choices, _("What held when the file was made."), _usage),
        choice("status", _("Processing status"), Status.choices, _("What held when the file was made."), _status),
        moment("issued_at", _("Issued")),
        moment("expires_at", _("Expires"), _("Empty: never.")),
        moment("clipped_at", _("Clipped")),
        moment("completed_at", _("Completed")),
        choice("source", _("Source"), Source.choices, _("Through which door it came.")),
        code("reference", _("Purchase"), _("The till's own number of the purchase it was used with.")),
        money("amount", _("Amount"), _("Of that purchase.")),
        code("currency", _("Currency"), "", "offer__currency"),
        text("carrier", _("Carrier")),
        code("tracking_number", _("Tracking number")),
        number("version", _("Version"), _("Counts its changes; an import refuses rows that have changed meanwhile.")),
    ),
    shown={
        "offer": ("offer_name",),
        "type": ("offer_type",),
        "member": ("member_name", "member_email"),
        "code": ("certificate_code",),
        "usage": ("usage_from", "usage_to", "usage_period"),
        "issued": ("issued_at",),
        "expires": ("expires_at",),
        "completed": ("completed_at",),
    },
)

OFFERS = Dataset(
    name="offers",
    title=_("Offers"),
    icon="megaphone",
    list_name="offers:offers",
    page=OfferList,
    rows=_offers,
    fields=(
        code("id", _("Offer id"), _("Never changes.")),
        text("name", _("Name")),
        text("description", _("Description")),
        text("terms", _("Terms")),
        choice("offer_type", _("Type"), OfferType.choices),
        decimal("percent", _("Percent")),
        money("amount", _("Amount")),
        decimal("multiplier", _("Points times")),
        number("buy_quantity", _("Buy")),
        number("get_quantity", _("Get")),
        text("items", _("Items")),
        money("minimum_amount", _("From a purchase of")),
        code("currency", _("Currency")),
        yes_no("is_claimable", _("Members claim it themselves")),
        yes_no("needs_clip", _("Has to be clipped before it is used")),
        yes_no("has_shipping", _("Is shipped to the member")),
        number("total_limit", _("Responses in all"), _("Empty where there is no limit.")),
        number("member_limit", _("Responses per member"), _("Empty where there is no limit.")),
        choice("code_source", _("Certificate code"), CodeSource.choices),
        number("taken", _("Taken of the limit"), "", _taken),
        number("responses", _("Responses"), "", _times()),
        number("completed", _("Completed"), _("How many of them were used."), _times(status=Status.COMPLETED)),
        moment("created_at", _("Created")),
        moment("published_at", _("Published")),
        moment("archived_at", _("Archived")),
    ),
    shown={
        "type": ("offer_type",),
        "benefit": ("percent", "amount", "multiplier", "items", "currency"),
        "left": ("total_limit", "taken"),
        "state": ("published_at", "archived_at"),
        "created": ("created_at",),
    },
)
