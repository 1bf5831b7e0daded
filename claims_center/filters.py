"""What the lists of claims and orders can be narrowed by; the names are those of the addresses."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace
from claims_center.matching import REAL_DIGIT, comparable, numbers_of
from claims_center.models import ClaimToken, Funnel, OrderStatus, Product, PromotionKind, SignalKind
from claims_center.signals.marks import marks_with
from claims_center.states import Attention, Delivery, Status, Verification
from tenancy.models import User
from tenancy.roles import Role
from tenancy.scope import current_merchant_id
from tenancy.search import LAST, search_by_token
from ui.filters import ChoicesFilter, FilterSet, ModelChoicesFilter, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.words import id_in, words_in

NOBODY, ANY = "nobody", "any"
# As a colleague is called: by name, else by address.
CALLED = Coalesce(NullIf("name", Value("")), "email")


def colleagues(least: int = Role.VIEWER) -> QuerySet[User]:
    """Return those who work for the merchant in scope with at least this role, by name."""
    members = User.objects.filter(memberships__merchant=current_merchant_id(), memberships__role__gte=least)
    return members.order_by("name", "email")


def _all_colleagues() -> QuerySet[User]:
    return colleagues()


def _by_name(model: Any, field: str) -> QuerySet[Any]:
    found: QuerySet[Any] = model.objects.only("id", field).order_by(field, "id")
    return found


class AssigneeFilter(ModelChoicesFilter):
    """A colleague's id, or `nobody` for claims that nobody has taken."""

    @property
    def choices(self) -> dict[str, Any]:
        """Nobody, then colleagues by name."""
        return {NOBODY: _("Nobody")} | super().choices

    def filter(self, qs: QuerySet[Any], value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to claims of these people."""
        people = [one for one in value if one != NOBODY]
        wanted = Q(assignee__in=people) if people else Q()
        return qs.filter(wanted | Q(assignee__isnull=True) if NOBODY in value else wanted)


class ClaimFilter(FilterSet):
    """The filters of the Claims Center; the same set narrows bulk actions and exports."""

    q = SearchFilter(method="search", label=_("Name, e-mail, phone, order or code"))
    status = ChoicesFilter("status", choices=Status.choices, label=_("Status"))
    verification = ChoicesFilter("verification", choices=Verification.choices, label=_("Verification"))
    delivery = ChoicesFilter(
        "delivery_status",
        choices=[(Delivery.NOT_SENT, _("Not sent")), *Delivery.choices[1:]],
        label=_("Delivery status"),
    )
    attention = ChoicesFilter("attention", choices=Attention.choices[1:], label=_("From the customer"), always=False)
    submitted = PeriodFilter("submitted_at", label=_("Submitted"))
    funnel = ModelChoicesFilter("funnel", queryset=lambda: _by_name(Funnel, "name"), label_by="name", label=_("Funnel"))
    product = ModelChoicesFilter(
        "product", queryset=lambda: _by_name(Product, "title"), label_by="title", label=_("Product"), always=False
    )
    marketplace = ChoicesFilter("marketplace", choices=Marketplace.choices, label=_("Marketplace"), always=False)
    promotion_type = ChoicesFilter(
        "promotion_kind", choices=PromotionKind.choices, label=_("Promotion type"), always=False
    )
    did_redirect = YesNoFilter("did_redirect", label=_("Did Redirect"), always=False)
    assignee = AssigneeFilter(
        "assignee", queryset=_all_colleagues, label_by=CALLED, label=_("Assigned to"), always=False
    )
    repeat = YesNoFilter("is_repeat", label=_("Repeat customer"), always=False)
    signal = ChoicesFilter(
        "signals", choices=[(ANY, _("Any")), *SignalKind.choices], method="noticed", label=_("Signals"), always=False
    )
    processed = PeriodFilter("processed_at", label=_("Processed"), always=False)

    def noticed(self, rows: QuerySet[Any], field_name: str, kinds: Sequence[str]) -> QuerySet[Any]:
        """Narrow to claims with one of these signals open."""
        if ANY in kinds:
            return rows.filter(signals__gt=0)
        marks = {one for kind in kinds for one in marks_with(kind)}
        return rows.filter(signals__gt=0, signals__in=sorted(marks))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words."""
        return search_by_token(rows, ClaimToken, text)


class OrderFilter(FilterSet):
    """The filters of the order history."""

    q = SearchFilter(method="search", label=_("Order number or buyer"))
    marketplace = ChoicesFilter("marketplace", choices=Marketplace.choices, label=_("Marketplace"))
    status = ChoicesFilter("status", choices=OrderStatus.choices, label=_("Status"))
    ordered = PeriodFilter("ordered_at", label=_("Ordered"))
    imported = PeriodFilter("imported_at", label=_("Imported"), always=False)

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the number or how it begins, however it is typed, by its last group, or by words of the buyer."""
        numbers = numbers_of(text)
        found = Q(number_norm__in=numbers) | Q(last_group__in=numbers) | Q(other_norm__in=numbers)
        has_digit = REAL_DIGIT.search(text) is not None
        if has_digit:
            begin = numbers[0] if numbers else comparable(text)
            found |= Q(number_norm__gte=begin, number_norm__lt=begin + LAST)
        if not has_digit or "@" in text:
            found |= words_in(text, "buyer_name", "buyer_email")
        if key := id_in(text):
            found |= Q(pk=key)
        return rows.filter(found)
