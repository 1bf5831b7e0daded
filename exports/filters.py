"""What the list of imports can be narrowed by."""

from django.utils.translation import gettext_lazy as _

from exports.states import RunState
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter


class ImportFilter(FilterSet):
    """State, and the day of the upload."""

    state = ChoicesFilter("state", choices=RunState.choices, label=_("State"))
    uploaded = PeriodFilter("uploaded_at", label=_("Uploaded"))
