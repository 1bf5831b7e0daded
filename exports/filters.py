"""What the lists of this room can be narrowed by."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.catalogue import datasets
from exports.export_states import Cause, ExportState, Schedule
from exports.formats.kinds import Format
from exports.states import RunState
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter


def _datasets() -> list[tuple[str, Any]]:
    return [(name, one.title) for name, one in datasets().items()]


class ImportFilter(FilterSet):
    """State, and the day of the upload."""

    state = ChoicesFilter("state", choices=RunState.choices, label=_("State"))
    uploaded = PeriodFilter("uploaded_at", label=_("Uploaded"))


class ExportFilter(FilterSet):
    """Name, data, format and schedule; archived ones are asked for."""

    q = SearchFilter(method="search", label=_("Name"))
    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))
    format = ChoicesFilter("format", choices=Format.choices, label=_("Format"))
    schedule = ChoicesFilter("schedule", choices=Schedule.choices, label=_("Runs"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the name; a merchant has at most some hundred."""
        for word in text.split()[:6]:
            rows = rows.filter(name__icontains=word)
        return rows


class RunsOfExportFilter(FilterSet):
    """State, cause, and the day on which it was asked for."""

    state = ChoicesFilter("state", choices=ExportState.choices, label=_("State"))
    cause = ChoicesFilter("cause", choices=Cause.choices, label=_("Started"))
    asked = PeriodFilter("queued_at", label=_("Asked for"))


class ExportRunFilter(RunsOfExportFilter):
    """The same, and the data."""

    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))
