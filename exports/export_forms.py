"""The form of a definition: which columns in which order, as what kind of file, to where, when."""

import calendar
import uuid
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any, NamedTuple

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from exports.datasets.fields import Dataset
from exports.errors import NotUnderstood
from exports.export_states import Schedule
from exports.formats.columns import DECIMAL_SIGNS, SEPARATORS, Column
from exports.formats.kinds import Format, formats
from exports.models import Destination, Export
from exports.preview import now_here
from exports.rows import question, sort_of, strict_filters
from exports.words import called
from jobs.states import Priority
from ui.filters import FilterSet, Period
from ui.forms import DateTimeInput, StyledForm

LONGEST_QUERY = 4000
PEOPLE, SYSTEMS = "people", "systems"
# Such a row would be below the mark of the last run when its day comes, and never be sent.
CHANGED_OR_RELATIVE = _(
    "This does not go with relative days: a row that begins to fit because a day has passed has not changed, and would "
    "be left out. Choose fixed days, or take all that fits."
)
MONTH_DAYS = [(day, str(day)) for day in range(1, 31)] + [(31, _("the last day"))]


class Choice(NamedTuple):
    """One line of the column picker."""

    column: Column
    chosen: bool
    first: bool
    last: bool


class ExportForm(StyledForm):
    """A definition of one dataset. `columns` and `order` are drawn by the picker, all other fields as usual."""

    groups: Sequence[tuple[Any, Sequence[str]]] = (
        (_("File"), ("format", "reader", "separator", "decimal_sign", "bom", "changed_only")),
        (_("Where to, and when"), ("destination", "priority", "schedule", "time", "weekday", "month_day", "once_at")),
    )
    half = (
        "format",
        "reader",
        "separator",
        "decimal_sign",
        "destination",
        "priority",
        "schedule",
        "time",
        "weekday",
        "month_day",
    )
    submit_label = _("Save")

    name = forms.CharField(label=_("Name"), max_length=120)
    query = forms.CharField(required=False, max_length=LONGEST_QUERY, widget=forms.HiddenInput)
    sort = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(label=_("Format"), choices=lambda: [(one.value, one.label) for one in formats()])
    reader = forms.ChoiceField(
        label=_("Made for"),
        choices=[(PEOPLE, _("Spreadsheets")), (SYSTEMS, _("Systems"))],
        help_text=_(
            "For spreadsheets: headings and states in words, times by your clock, and no cell becomes a formula. "
            "For systems: keys, stored values, times in UTC, every text as it was entered."
        ),
    )
    separator = forms.ChoiceField(label=_("Separator of a CSV"), choices=list(SEPARATORS.items()), required=False)
    decimal_sign = forms.ChoiceField(
        label=_("Decimal sign of a CSV"), choices=list(DECIMAL_SIGNS.items()), required=False
    )
    bom = forms.BooleanField(
        label=_("Begin a CSV with a byte order mark"), required=False, help_text=_("Excel then knows that it is UTF-8.")
    )
    changed_only = forms.BooleanField(
        label=_("Only what has changed since the last run"),
        required=False,
        help_text=_("The first run holds everything. Rows that do not fit the filters any more are not told about."),
    )
    destination: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Goes to"), queryset=None, required=False, empty_label=_("Download from here")
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL
    )
    schedule = forms.ChoiceField(label=_("Runs"), choices=Schedule.choices, initial=Schedule.NEVER)
    time = forms.TimeField(
        label=_("At"),
        required=False,
        initial=time(6),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("By your clock; of an hourly run the minutes count."),
    )
    weekday = forms.TypedChoiceField(label=_("Day of the week"), choices=list(WEEKDAYS.items()), coerce=int, initial=0)
    month_day = forms.TypedChoiceField(label=_("Day of the month"), choices=MONTH_DAYS, coerce=int, initial=1)
    once_at = forms.DateTimeField(label=_("Once, at"), required=False, widget=DateTimeInput)

    def __init__(
        self,
        *args: Any,
        dataset: Dataset,
        columns: Sequence[str],
        order: Sequence[str] = (),
        goes_to: uuid.UUID | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.dataset = dataset
        self.columns = [key for key in dict.fromkeys(columns) if key in dataset.by_key]
        self.order = [key for key in dict.fromkeys([*order, *self.columns, *dataset.keys]) if key in dataset.by_key]
        # The one it went to stays in sight when it is archived: nobody saves it away to a download unawares.
        kept = Destination.objects.filter(Q(archived_at__isnull=True) | Q(id=goes_to)).order_by("name", "id")
        self.fields["destination"].queryset = kept  # type: ignore[attr-defined] # a model's choices
        self.fields["destination"].label_from_instance = called  # type: ignore[attr-defined]
        if not dataset.changes:
            del self.fields["changed_only"]
            self.groups = tuple(
                (title, tuple(one for one in names if one != "changed_only")) for title, names in self.groups
            )

    def picker(self) -> list[Choice]:
        """Return the lines of the column picker: all columns, in their order."""
        return [
            Choice(self.dataset.by_key[key].column, key in self.columns, place == 0, place == len(self.order) - 1)
            for place, key in enumerate(self.order)
        ]

    def clean_destination(self) -> Destination | None:
        """Refuse one that is archived: every run would fail."""
        found: Destination | None = self.cleaned_data["destination"]
        if found is not None and found.archived_at is not None:
            raise forms.ValidationError(_("This destination is archived. Choose where the file goes now."))
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse no columns, filters that are not understood, and a schedule without its moment."""
        values = super().clean() or {}
        if not self.columns:
            self.add_error(None, _("Choose at least one column."))
        try:
            asked = question(name=self.dataset.name, keys=self.columns, query=values.get("query", ""), sort="")
            narrowed = strict_filters(asked, now_here())
        except NotUnderstood as refusal:
            self.add_error(None, str(refusal))
        else:
            if values.get("changed_only") and has_relative_days(narrowed):
                self.add_error("changed_only", CHANGED_OR_RELATIVE)
        if sort_of(self.dataset, values.get("sort", "")) is None:
            values["sort"] = self.dataset.page.default_sort
        self._check_moment(values)
        return values

    def _check_moment(self, values: dict[str, Any]) -> None:
        schedule, once_at = values.get("schedule"), values.get("once_at")
        if schedule == Schedule.ONCE and (once_at is None or once_at <= timezone.now()):
            self.add_error("once_at", _("Choose a moment that is still to come."))
        if schedule not in (Schedule.NEVER, Schedule.ONCE) and values.get("time") is None:
            self.add_error("time", _("Choose a time of day."))

    def values(self) -> dict[str, Any]:
        """Return what the services keep."""
        given = self.cleaned_data
        at = given.get("time") or time()
        return {
            "name": given["name"],
            "dataset": self.dataset.name,
            "columns": [key for key in self.order if key in self.columns],
            "query": given["query"],
            "sort": given["sort"],
            "format": Format(given["format"]),
            "separator": given["separator"] or ",",
            "decimal_sign": given["decimal_sign"] or ".",
            "bom": given["bom"],
            "harmless": given["reader"] == PEOPLE,
            "changed_only": given.get("changed_only", False),
            "destination": given["destination"],
            "priority": given["priority"],
            "schedule": given["schedule"],
            "once_at": given["once_at"] if given["schedule"] == Schedule.ONCE else None,
            "at_minute": at.hour * 60 + at.minute,
            "weekday": given["weekday"],
            "month_day": given["month_day"],
        }


def has_relative_days(narrowed: FilterSet) -> bool:
    """Say whether a filter in force means other days tomorrow."""
    return any(isinstance(value, Period) and value.is_relative for value in narrowed.active().values())


def initial_of(export: Export) -> dict[str, Any]:
    """Return a definition as the form shows it."""
    names = ("name", "query", "sort", "version", "format", "separator", "decimal_sign", "bom", "changed_only")
    more = ("priority", "schedule", "weekday", "month_day", "once_at")
    return {
        **{name: getattr(export, name) for name in (*names, *more)},
        "reader": PEOPLE if export.harmless else SYSTEMS,
        "destination": export.destination_id,
        "time": time(export.at_minute // 60, export.at_minute % 60),
    }


def moved(order: Sequence[str], asked: str) -> list[str]:
    """Return the order with one key a place up or down: `key:up`, `key:down`; as it is for anything else."""
    found = list(order)
    key, _colon, way = asked.partition(":")
    if key in found and way in ("up", "down"):
        place = found.index(key) + (-1 if way == "up" else 1)
        found.remove(key)
        found.insert(max(0, place), key)
    return found


def default_name(dataset: Dataset, now: datetime) -> str:
    """Return what an export is called as long as nobody has said it."""
    local = timezone.localtime(now)
    return f"{dataset.title}, {calendar.month_name[local.month]} {local.year}"
