"""What the lists of this room can be narrowed by; the names are those of the addresses."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from customers.normalise import email_norm
from offers.models import Offer, OfferToken
from offers.models.response import NEVER, NOT_YET
from offers.narrowing import issued_before, since_the_newest, with_status, with_usage
from offers.states import OfferType, Source, Status, UsageState
from tenancy.search import search_by_token
from ui.filters import ChoicesFilter, FilterSet, ModelChoicesFilter, Period, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.base import Chip, Filter, Reading, unknown
from ui.filters.words import with_words
from ui.querystring import changed


class StatusFilter(ChoicesFilter):
    """The status that holds now, whether or not a job has brought the label up to date."""

    def filter(self, qs: QuerySet[Any], value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to responses with one of these statuses."""
        return with_status(qs, [Status(one) for one in value], at=timezone.now())


class UsageFilter(ChoicesFilter):
    """Whether the response is inside its usage period now, in the active zone, which is the merchant's."""

    def filter(self, qs: QuerySet[Any], value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to responses in one of these states."""
        states = [UsageState(one) for one in value]
        return with_usage(qs, states, at=timezone.now(), zone=timezone.get_current_timezone())


class ExpiresFilter(PeriodFilter):
    """When a response ends; what never ends is in no period."""

    def filter(self, qs: QuerySet[Any], value: Period) -> QuerySet[Any]:
        """Narrow to the days of the period."""
        first, behind = value.instants()
        wanted = Q(expires_rank__gte=first or NOT_YET, expires_rank__lt=behind or NEVER)
        return since_the_newest(qs, wanted, before=behind) if behind else qs.filter(wanted)


class CompletedFilter(PeriodFilter):
    """When a response was completed: never before it is issued. What is not completed is in no period."""

    def filter(self, qs: QuerySet[Any], value: Period) -> QuerySet[Any]:
        """Narrow to the days of the period."""
        return issued_before(super().filter(qs.filter(completed_rank__gt=NOT_YET), value), value.instants()[1])


class MemberFilter(Filter):
    """`?member=<id>`, or an e-mail address: the responses of one member. Reached by links, so it has no pill."""

    def __init__(self, field_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(field_name, pill=False, **kwargs)

    def read(self, data: QueryDict) -> Reading:
        """Read an id or an address; one that nobody has finds nothing."""
        given = data.get(self.name, "").replace("\x00", "").strip()[:254]
        if not given or "@" in given:
            return Reading(given or None)
        try:
            return Reading(str(uuid.UUID(given)))
        except ValueError:
            return Reading(None, [unknown(self.name, given, self.label)])

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Narrow to responses of the member."""
        if "@" not in value:
            return qs.filter(customer_id=value)
        return qs.filter(customer_id__in=Customer.objects.filter(email_norm=email_norm(value)).values("id"))

    def chips(self, value: str, data: QueryDict) -> list[Chip]:
        """The member by name; a stranger by what was asked for."""
        text = value
        if "@" not in value:
            known: Customer | None = Customer.objects.filter(id=value).first()
            text = known.name if known else value
        return [Chip(str(self.label), text, self.name, value, changed(data, {self.name: None}))]


def _offers() -> QuerySet[Any]:
    return Offer.objects.order_by("name", "id")


class ResponseFilter(FilterSet):
    """The filters of responses; the same set narrows bulk actions and exports."""

    q = SearchFilter(method="search", label=_("Offer, code or member"))
    status = StatusFilter("status", choices=Status.choices, label=_("Processing status"))
    offer = ModelChoicesFilter("offer", queryset=_offers, label_by="name", label=_("Offer"))
    offer_type = ChoicesFilter("offer_type", choices=OfferType.choices, label=_("Type"))
    usage_period = UsageFilter("usage_to", choices=UsageState.choices, label=_("Usage period"))
    issued = PeriodFilter("issued_at", label=_("Issued"))
    expires = ExpiresFilter("expires_rank", label=_("Expires"), always=False)
    completed = CompletedFilter("completed_rank", label=_("Completed"), always=False)
    source = ChoicesFilter("source", choices=Source.choices, label=_("Source"), always=False)
    member = MemberFilter("customer", label=_("Member"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words."""
        return search_by_token(rows, OfferToken, text)


class OfferFilter(FilterSet):
    """The filters of the catalogue."""

    q = SearchFilter(method="search", label=_("Name"))
    offer_type = ChoicesFilter("offer_type", choices=OfferType.choices, label=_("Type"))
    published = YesNoFilter("published_at", not_null=True, label=_("Published"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the name; a merchant has at most some hundred offers."""
        return with_words(rows, text, "name")
