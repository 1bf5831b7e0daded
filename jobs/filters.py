"""What the list of jobs can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from jobs.kinds import kind_names, label_of
from jobs.states import State
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter


class JobFilter(FilterSet):
    """State, kind, period."""

    state = ChoicesFilter("state", choices=State.choices, label=_("State"))
    kind = ChoicesFilter("kind", choices=lambda: [(name, label_of(name)) for name in kind_names()], label=_("Job"))
    created = PeriodFilter("created_at", label=_("Created"))
