"""The first rows of an export as a page shows them, before anything is written."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from exports.datasets.fields import Moment
from exports.formats.columns import Column, Kind
from exports.rows import Question, filters, listed
from ui import locale
from ui.filters import Chip

FIRST = 20


@dataclass(frozen=True, slots=True)
class Preview:
    """Headings and cells as text; `more` where there are further rows."""

    heads: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[tuple[str, str]]]
    more: bool


def first_rows(asked: Question) -> Preview:
    """Return the first 20 rows in one query. Raises NotUnderstood for filters that are not understood."""
    found = list(listed(asked, now_here())[: FIRST + 1])
    kinds = [_css(column) for column in asked.columns]
    rows = [
        [(_shown(value, column), css) for value, column, css in zip(row, asked.columns, kinds, strict=True)]
        for row in found[:FIRST]
    ]
    heads = [(str(column.title), css) for column, css in zip(asked.columns, kinds, strict=True)]
    return Preview(heads, rows, len(found) > FIRST)


def chips_of(asked: Question) -> list[Chip]:
    """Return the filters in force in words, each with the parameters without it."""
    return filters(asked, now_here()).chips()


def now_here() -> Moment:
    """Return the present moment in the active zone, which is the merchant's."""
    return Moment(timezone.now(), timezone.get_current_timezone())


def _css(column: Column) -> str:
    return "num" if column.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY) else ""


def _shown(value: Any, column: Column) -> str:
    if value is None or value == "":
        return ""
    if column.kind is Kind.MOMENT:
        return locale.moment(timezone.localtime(value))
    if column.kind is Kind.DAY:
        return locale.day(value)
    if column.kind is Kind.YES_NO:
        return _("Yes") if value else _("No")
    if column.kind is Kind.CHOICE:
        return str(dict(column.choices).get(str(value), value))
    return str(value)
