"""What the list of ledger entries can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from cockpit.timeline import LABELS
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter


class EntryFilter(FilterSet):
    """Event and day."""

    event = ChoicesFilter(
        "event", choices=lambda: [(name, label.words) for name, label in LABELS.items()], label=_("Event")
    )
    occurred = PeriodFilter("occurred_at", label=_("Occurred"))
