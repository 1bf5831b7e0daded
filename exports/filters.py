"""What the lists of this room can be narrowed by."""

import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.catalogue import datasets
from exports.export_states import Cause, ExportState, Schedule
from exports.formats.kinds import Format
from exports.importers import datasets as imported
from exports.lines import WORDS
from exports.states import RunState, Undone
from tenancy.lists.names import called
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.words import with_words, words_in

LINE = re.compile(r"[1-9][0-9]{0,9}")
MOST_LINES = 2**31 - 1


def _datasets() -> list[tuple[str, Any]]:
    return [(name, one.title) for name, one in datasets().items()]


class ImportFilter(FilterSet):
    """The file's name and who brought it in; what it held, state, and the day of the upload."""

    q = SearchFilter(method="search", label=_("File or colleague"))
    dataset = ChoicesFilter("dataset", choices=lambda: list(imported().items()), label=_("What"))
    state = ChoicesFilter("state", choices=RunState.choices, label=_("State"))
    uploaded = PeriodFilter("uploaded_at", label=_("Uploaded"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the file's name, its format, and who brought it in."""
        return with_words(rows.alias(who=called("uploaded_by")), text, "file_name", "format_name", "who")


class LineFilter(FilterSet):
    """Number, row and reason of a line; what became of it, in the import and in its undo."""

    q = SearchFilter(method="search", label=_("Line, row or reason"))
    became = ChoicesFilter("became", choices=lambda: list(WORDS.items()), label=_("Result"))
    undone = ChoicesFilter("undone", choices=Undone.choices[1:], label=_("Taken back"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find one line by its number, others by words; `title` is what the list's rows say their documents are called."""
        found = words_in(text, "title", "why")
        if LINE.fullmatch(text) and int(text) <= MOST_LINES:
            found |= Q(line=int(text))
        return rows.filter(found)


class ExportFilter(FilterSet):
    """Name and destination; data, format and schedule; archived ones are asked for."""

    q = SearchFilter(method="search", label=_("Name or destination"))
    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))
    format = ChoicesFilter("format", choices=Format.choices, label=_("Format"))
    schedule = ChoicesFilter("schedule", choices=Schedule.choices, label=_("Runs"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by the words of the name and of the destination's; a merchant has at most some hundred."""
        return with_words(rows, text, "name", "destination__name")


class RunsOfExportFilter(FilterSet):
    """File and fault; state, cause, and the day on which it was asked for."""

    q = SearchFilter(method="search", label=_("File or what went wrong"))
    state = ChoicesFilter("state", choices=ExportState.choices, label=_("State"))
    cause = ChoicesFilter("cause", choices=Cause.choices, label=_("Started"))
    asked = PeriodFilter("queued_at", label=_("Asked for"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words."""
        return with_words(rows, text, "name", "export__name", "file_name", "error")


class ExportRunFilter(RunsOfExportFilter):
    """The same, the export's name, and the data."""

    q = SearchFilter(method="search", label=_("Export, file or what went wrong"))
    dataset = ChoicesFilter("dataset", choices=_datasets, label=_("Data"))
