"""Filters of list pages: one filter set draws the pills, narrows the list, the bulk action and the export."""

from ui.filters.base import Chip, FilterSet, Lookups, Problem, Reading
from ui.filters.choices import ChoicesFilter, ModelChoicesFilter, YesNoFilter
from ui.filters.period import Period, PeriodFilter
from ui.filters.pills import Option, Pill
from ui.filters.search import SearchFilter

__all__ = [
    "Chip",
    "ChoicesFilter",
    "FilterSet",
    "Lookups",
    "ModelChoicesFilter",
    "Option",
    "Period",
    "PeriodFilter",
    "Pill",
    "Problem",
    "Reading",
    "SearchFilter",
    "YesNoFilter",
]
