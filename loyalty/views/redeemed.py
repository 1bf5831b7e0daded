"""Redeemed rewards: the grid, one of them, and its delivery address."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from customers.models import Customer
from loyalty import coupons, redeemed_page
from loyalty.bulk.kit import REWARDS
from loyalty.filters import RedeemedFilter
from loyalty.models import RedeemedReward
from loyalty.tables import FORM, RedeemedTable
from tenancy.lists import StaffListView
from tenancy.lists.places import place_in, place_of
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.addresses import address
from ui.bulk import BulkAction
from ui.htmx import dialog_base, vary_on_htmx
from ui.listing import Tab

# What the cells read; the list never needs the rest of a row.
COLUMNS = (
    "merchant",
    "customer",
    "redeemed_at",
    "used_at",
    "cost_in_points",
    "tax_value",
    "currency",
    "customer_email",
    "customer_phone",
    "customer_first_name",
    "customer_last_name",
    "reward_name",
    "reward_type",
    "code_value",
    "active_points_after",
    "delivery_status",
    "cashback_status",
    "cashback_text",
    "active_from",
    "expires_at",
    "canceled_at",
)


class RedeemedList(StaffListView):
    """Every redeemed reward of the merchant."""

    role = Role.VIEWER
    title = _("Redeemed rewards")
    template_name = "loyalty/redeemed_list.html"
    table_class = RedeemedTable
    filterset_class = RedeemedFilter
    dataset = "redeemed_rewards"
    sorts = {
        "redeemed": "redeemed_at",
        "used_on": "used_rank",
        "cost": "cost_in_points",
        "tax": "tax_cents",
        "email": "customer_email",
        "phone": "customer_phone",
        "reward": "reward_name",
        "type": "reward_type",
        "first_name": "customer_first_name",
        "last_name": "customer_last_name",
        "points_after": "active_points_after",
        "delivery": "delivery_status",
        "cashback": "cashback_text",
        "used": "is_used",
    }
    default_sort = "-redeemed"
    tabs = (
        Tab(_("All")),
        Tab(_("Unused"), "used=no"),
        Tab(_("Used"), "used=yes"),
        Tab(_("To ship"), "delivery_status=ordered&reward_type=gift"),
        Tab(_("Cashback problems"), "cashback_status=failure"),
    )
    bulk_actions = tuple(
        BulkAction(act.name, act.label, act.icon, tone=act.tone, url=act.name, role=Role.ADMIN)
        for act in REWARDS.acts.values()
    )
    counted = ngettext_lazy("%(shown)s redeemed reward", "%(shown)s redeemed rewards", "number")
    empty_title = _("No redeemed rewards yet")
    empty_text = _("They appear here as soon as a customer has redeemed one in the cockpit, or you have granted one.")
    empty_icon = "award"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the list. A status is looked for among labels: they are brought up to date before."""
        if "coupon_status" in request.GET:
            coupons.bring_up_to_date(now=timezone.now())
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Any]:
        """Return the redeemed rewards with the columns that the table reads."""
        found: QuerySet[Any] = RedeemedReward.objects.only(*COLUMNS)
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to, what time it is, and who may press the boxes."""
        return {
            "merchant_slug": self.request.merchant.slug,
            "now": timezone.now(),
            "place": place_in(self),
            "may_change": self.request.role >= Role.ADMIN,
        }

    def action_url(self, action: BulkAction) -> str:
        """Return the page that says what a bulk action will do."""
        return address("loyalty:bulk", self.request.merchant.slug, action.url)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the form that the boxes belong to."""
        return super().get_context_data(use_form=FORM, here=self.request.get_full_path(), **kwargs)


def found(redeemed_id: uuid.UUID) -> RedeemedReward:
    """Return a redeemed reward with its reward, or answer 404."""
    row: RedeemedReward = get_object_or_404(RedeemedReward.objects.select_related("reward"), id=redeemed_id)
    return row


class RedeemedPage(StaffView):
    """One redeemed reward: its four dimensions, what paid for it, its history."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, redeemed_id: uuid.UUID) -> HttpResponse:
        """Show it."""
        row = found(redeemed_id)
        slug = self.request.merchant.slug
        list_url = reverse("loyalty:redeemed", args=[slug])
        place = place_of(
            RedeemedList,
            self.request,
            row=row,
            list_url=list_url,
            url_of=lambda key: reverse("loyalty:redeemed_detail", args=[slug, key]),
        )
        context = redeemed_page.context(row, slug=slug, role=self.request.role, now=timezone.now())
        crumbs = [(_("Redeemed rewards"), place.back_url), (str(row.reward_name), "")]
        return render(request, "loyalty/redeemed.html", context | {"place": place, "crumbs": crumbs})


class AddressView(StaffView):
    """The customer's delivery address, for every type of reward."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, redeemed_id: uuid.UUID) -> HttpResponse:
        """Show it, each part that is not known as a dash; the address of a used gift as it was then."""
        row = found(redeemed_id)
        customer = get_object_or_404(Customer, id=row.customer_id)
        context = {
            "dialog_base": dialog_base(request),
            "title": _("Delivery address"),
            "facts": redeemed_page.address(row, customer),
            "address_text": redeemed_page.address_text(row, customer),
            "cancel_url": reverse("loyalty:redeemed", args=[self.request.merchant.slug]),
        }
        return vary_on_htmx(render(request, "loyalty/address.html", context))
