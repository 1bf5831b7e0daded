"""What the lists of this room can be narrowed by."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.catalogue import datasets
from exports.export_states import Cause, ExportState, Schedule
from exports.formats.kinds import Format
from exports.importers import datasets as imported
from exports.lines import WORDS
from exports.models import Export
from exports.states import RunState, Undone
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter


def _datasets() -> list[tuple[str, Any]]:
    return [(name, one.title) for name, one in datasets().items()]


def _named(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Narrow definitions to those with these words in their names; a merchant has at most some hundred."""
    for word in text.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return rows


class ImportFilter(FilterSet):
    """What the file held, state, and the day of the upload."""

    dataset = ChoicesFilter("dataset", choices=lambda: list(imported().items()), label=_("What"))
    state = ChoicesFilter("state", choices=RunState.choices, label=_("State"))
    uploaded = PeriodFilter("uploaded_at", label=_("Uploaded"))


class LineFilter(FilterSet):
    """What became of a line, in the import and in its undo."""

    became = ChoicesFilter("became", choices=lambda: list(WORDS.items()), label=_("Result"))
    undone = ChoicesFilter("undone", choices=Undone.choices[1:], label=_("Taken back"))


class ExportFilter(FilterSet):
    """Name, data, format and schedule; archived ones are asked for."""

    q = SearchFilter(method="search", label=_("Name"))
    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))
    format = ChoicesFilter("format", choices=Format.choices, label=_("Format"))
    schedule = ChoicesFilter("schedule", choices=Schedule.choices, label=_("Runs"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the name."""
        return _named(rows, text)


class RunsOfExportFilter(FilterSet):
    """State, cause, and the day on which it was asked for."""

    state = ChoicesFilter("state", choices=ExportState.choices, label=_("State"))
    cause = ChoicesFilter("cause", choices=Cause.choices, label=_("Started"))
    asked = PeriodFilter("queued_at", label=_("Asked for"))


class ExportRunFilter(RunsOfExportFilter):
    """The same, the export's name, and the data."""

    q = SearchFilter(method="search", label=_("Name of the export"))
    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find the runs of the exports with these words in their names."""
        return rows.filter(export__in=_named(Export.objects.all(), text).values("id"))
