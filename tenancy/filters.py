"""What the audit log can be narrowed by."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from tenancy.actors import Actor
from tenancy.labels import action_label, target_label
from tenancy.models import AuditEvent, Membership
from tenancy.scope import current_merchant_id
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter


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
