"""What the audit log can be narrowed by."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tenancy.actors import Actor
from tenancy.calls import operation_of
from tenancy.labels import action_label, target_label
from tenancy.models import ApiCall, AuditEvent, Membership
from tenancy.scope import current_merchant_id
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter


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


class AuditFilter(FilterSet):
    """By what was done, by whom, to what, and when."""

    action = ChoicesFilter("action", choices=_actions, label=_("Action"))
    actor = ChoicesFilter("actor", choices=_actors, label=_("Who"))
    target = ChoicesFilter("target_type", choices=_targets, label=_("Target"))
    at = PeriodFilter("at", label=_("When"))


OUTCOMES = {
    "done": (_("Done"), Q(status__lt=400)),
    "refused": (_("Refused"), Q(status__gte=400, status__lt=500)),
    "failed": (_("Failed on our side"), Q(status__gte=500)),
}
# The statuses that calls are answered with.
STATUSES = (200, 201, 400, 403, 404, 405, 409, 415, 422, 429, 500, 503)


class CallFilter(FilterSet):
    """By an Idempotency-Key or the id of a request, by outcome, status and when."""

    q = SearchFilter(method="search", label=_("Idempotency-Key or request id"))
    outcome = ChoicesFilter(
        method="by_outcome", choices=[(name, label) for name, (label, _rows) in OUTCOMES.items()], label=_("Outcome")
    )
    status = ChoicesFilter(
        "status", choices=[(str(one), f"{one} {HTTPStatus(one).phrase}") for one in STATUSES], label=_("Status")
    )
    at = PeriodFilter("at", label=_("When"))

    def search(self, queryset: "QuerySet[ApiCall]", name: str, value: str) -> "QuerySet[ApiCall]":
        """Find the calls with a key, which is known by its fingerprint, or one call by its id."""
        text = value.strip()
        return queryset.filter(Q(operation=operation_of(text)) | Q(request_id=text))

    def by_outcome(self, queryset: "QuerySet[ApiCall]", name: str, value: Sequence[str]) -> "QuerySet[ApiCall]":
        """Narrow to some outcomes."""
        wanted = Q()
        for one in value:
            wanted |= OUTCOMES[one][1]
        return queryset.filter(wanted)
