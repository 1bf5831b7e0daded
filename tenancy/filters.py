"""What the lists of the settings pages can be narrowed by."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.actors import Actor
from tenancy.calls import operation_of
from tenancy.labels import action_label, target_label
from tenancy.looking import found_in_log
from tenancy.models import ApiCall, ApiKey, AuditEvent, Membership
from tenancy.ordering import CALL
from tenancy.scope import current_merchant_id
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter
from ui.filters.words import with_words


def _actions() -> Iterable[tuple[str, str]]:
    found = AuditEvent.objects.order_by("action").values_list("action", flat=True).distinct()
    return [(action, action_label(action)) for action in found]


def _targets() -> Iterable[tuple[str, str]]:
    found = AuditEvent.objects.order_by("target_type").values_list("target_type", flat=True).distinct()
    return [(target, target_label(target)) for target in found]


def _actors() -> Iterable[tuple[str, str]]:
    people = Membership.objects.filter(merchant_id=current_merchant_id()).select_related("user")
    members = sorted((str(Actor.user(row.user_id)), str(row.user)) for row in people)
    return [(str(Actor.system()), str(_("System"))), *sorted(members, key=lambda pair: pair[1])]


class MemberFilter(FilterSet):
    """By name or address."""

    q = SearchFilter(method="search", label=_("Name or e-mail"))

    def search(self, queryset: "QuerySet[Membership]", name: str, value: str) -> "QuerySet[Membership]":
        """Find by words."""
        return with_words(queryset, value, "user__name", "user__email")


class KeyFilter(FilterSet):
    """By name or by how a key begins."""

    q = SearchFilter(method="search", label=_("Name or how the key begins"))

    def search(self, queryset: "QuerySet[ApiKey]", name: str, value: str) -> "QuerySet[ApiKey]":
        """Find by words; the sign with which the list cuts a key off may be among them."""
        return with_words(queryset, value.rstrip("… "), "name", "prefix")


class AuditFilter(FilterSet):
    """By words, by what was done, by whom, to what, and when."""

    q = SearchFilter(method="search", label=_("Action, name, change or reason"))
    action = ChoicesFilter("action", choices=_actions, label=_("Action"))
    actor = ChoicesFilter("actor", choices=_actors, label=_("Who"))
    target = ChoicesFilter("target_type", choices=_targets, label=_("Target"))
    at = PeriodFilter("at", label=_("When"))

    def search(self, queryset: "QuerySet[AuditEvent]", name: str, value: str) -> "QuerySet[AuditEvent]":
        """Find what the rows show, wherever it stands in them; a whole id finds its target or the event."""
        return found_in_log(queryset, value)


OUTCOMES = {
    "done": (_("Done"), Q(status__lt=400)),
    "refused": (_("Refused"), Q(status__gte=400, status__lt=500)),
    "failed": (_("Failed on our side"), Q(status__gte=500)),
}
# The statuses that calls are answered with.
STATUSES = (200, 201, 400, 403, 404, 405, 409, 415, 422, 429, 500, 503)


class CallFilter(FilterSet):
    """By route, code, Idempotency-Key or the id of a request, by outcome, status and when."""

    q = SearchFilter(method="search", label=_("Call, code, key or request id"))
    outcome = ChoicesFilter(
        method="by_outcome", choices=[(name, label) for name, (label, _rows) in OUTCOMES.items()], label=_("Outcome")
    )
    status = ChoicesFilter(
        "status", choices=[(str(one), f"{one} {HTTPStatus(one).phrase}") for one in STATUSES], label=_("Status")
    )
    at = PeriodFilter("at", label=_("When"))

    def search(self, queryset: "QuerySet[ApiCall]", name: str, value: str) -> "QuerySet[ApiCall]":
        """Find the calls with a key, which is known by its fingerprint, or by what the rows show of them."""
        shown = Q(call__icontains=value) | Q(code__icontains=value)
        begins = Q(operation__startswith=value) | Q(request_id__startswith=value)
        return queryset.alias(call=CALL).filter(shown | begins | Q(operation=operation_of(value)))

    def by_outcome(self, queryset: "QuerySet[ApiCall]", name: str, value: Sequence[str]) -> "QuerySet[ApiCall]":
        """Narrow to some outcomes."""
        wanted = Q()
        for one in value:
            wanted |= OUTCOMES[one][1]
        return queryset.filter(wanted)
