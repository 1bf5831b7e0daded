"""Offer responses: the list of all members', and one of them."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from offers import badges, response_page
from offers.bulk.kit import RESPONSES
from offers.filters import ResponseFilter
from offers.models import OfferResponse
from offers.tables import COLUMNS, ResponseTable
from tenancy.lists import StaffListView
from tenancy.lists.places import place_in, place_of
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.addresses import address
from ui.bulk import BulkAction
from ui.listing import Tab


class ResponseList(StaffListView):
    """Every response of every member."""

    role = Role.VIEWER
    title = _("Offer Responses")
    template_name = "offers/responses.html"
    table_class = ResponseTable
    filterset_class = ResponseFilter
    dataset = "offer_responses"
    sorts = {
        "offer": "offer_name",
        "type": "offer_type",
        "member": "member_name",
        "code": "code_value",
        "usage": "usage_rank",
        "status": "status",
        "issued": "issued_at",
        "expires": "expires_rank",
        "completed": "completed_rank",
        "source": "source",
    }
    default_sort = "-issued"
    tabs: Sequence[Tab] = (
        Tab(_("All")),
        Tab(_("Pending"), "status=pending"),
        Tab(_("Clipped"), "status=clipped"),
        Tab(_("To ship"), "status=processing"),
        Tab(_("Completed"), "status=completed"),
    )
    bulk_actions = tuple(
        BulkAction(act.name, act.label, act.icon, tone=act.tone, url=act.name, role=Role.ADMIN)
        for act in RESPONSES.acts.values()
    )
    counted = ngettext_lazy("%(shown)s response", "%(shown)s responses", "number")
    empty_title = _("No responses yet")
    empty_text = _("They appear here as soon as a member has claimed an offer, or you have given one out.")
    empty_icon = "ticket-check"

    def get_queryset(self) -> QuerySet[Any]:
        """Return the responses with the columns that the table reads."""
        found: QuerySet[Any] = OfferResponse.objects.only(*COLUMNS)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, and what time it is where."""
        return {
            "merchant_slug": self.request.merchant.slug,
            "now": timezone.now(),
            "zone": timezone.get_current_timezone(),
            "place": place_in(self),
        }

    def action_url(self, action: BulkAction) -> str:
        """Return the page that says what a bulk action will do."""
        return address("offers:bulk", self.request.merchant.slug, action.url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the legend of the icons, and for who may edit in a sheet the ways there and back."""
        slug, is_admin = self.request.merchant.slug, self.request.role >= Role.ADMIN
        file_url = reverse("offers:response_file", args=[slug]) if is_admin else ""
        return super().get_context_data(legend=badges.legend(), file_url=file_url, **kwargs)


def found(response_id: uuid.UUID) -> OfferResponse:
    """Return a response with its offer, or answer 404."""
    row: OfferResponse = get_object_or_404(OfferResponse.objects.select_related("offer"), id=response_id)
    return row


class ResponsePage(StaffView):
    """One response: where it stands, what it gives, its history."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, response_id: uuid.UUID) -> HttpResponse:
        """Show it."""
        row, slug = found(response_id), self.request.merchant.slug
        place = place_of(
            ResponseList,
            self.request,
            row=row,
            list_url=reverse("offers:responses", args=[slug]),
            url_of=lambda key: reverse("offers:response", args=[slug, key]),
        )
        context = response_page.context(
            row, slug=slug, role=self.request.role, now=timezone.now(), zone=timezone.get_current_timezone()
        )
        crumbs = [(_("Offer Responses"), place.back_url), (row.offer_name, "")]
        return render(request, "offers/response.html", context | {"place": place, "crumbs": crumbs})
