"""Workbooks, written in constant memory: each row goes to disk before the next one is looked at.

Every cell is written by its column's kind and never guessed from its contents, so a text is a text, whatever it begins
with: nothing in a workbook needs to be made harmless.
"""

import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

import xlsxwriter
from django.utils.translation import gettext as _

from exports.formats.columns import Column, Dialect, Kind, header
from exports.formats.values import moment_text, plain

# What a sheet of a workbook holds; the rest goes on in another one.
MOST_ROWS = 1_048_576
# Beyond this, a number of a workbook (a double) is another one than it was.
EXACT = 2**53
# Days before it have no number in a workbook, and are shown as fences.
FIRST_YEAR = 1900
OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_numbers": False,
    "strings_to_urls": False,
}
WIDTHS: dict[Kind, int] = {Kind.TEXT: 26, Kind.CODE: 24, Kind.MOMENT: 20, Kind.DAY: 12, Kind.CHOICE: 18}
USUAL_WIDTH = 12

Put = Callable[[Any, int, int, Any], Any]


@dataclass(frozen=True, slots=True)
class _Looks:
    head: Any
    moment: Any
    day: Any
    money: Any


def write_xlsx(rows: Iterable[Sequence[Any]], columns: Sequence[Column], dialect: Dialect, target: BinaryIO) -> None:
    """Write the rows under a fixed header, with a new sheet wherever one is full.

    For people moments are cells with a date, as the clock of the dialect's zone showed it; for systems they are text in
    UTC, since a workbook knows no zones. What was written so far is not closed into a workbook if the rows end in an error.
    """
    with tempfile.TemporaryDirectory(prefix="xlsx-") as folder:
        book = xlsxwriter.Workbook(target, OPTIONS | {"tmpdir": folder})
        looks = _looks(book)
        puts = [_put_for(column, dialect, looks) for column in columns]
        sheet, line = _new_sheet(book, columns, dialect, looks), 1
        for row in rows:
            if line == MOST_ROWS:
                sheet, line = _new_sheet(book, columns, dialect, looks), 1
            for place, value in enumerate(row):
                if value is not None:
                    puts[place](sheet, line, place, value)
            line += 1
        book.close()


def _looks(book: Any) -> _Looks:
    return _Looks(
        head=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        moment=book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        day=book.add_format({"num_format": "yyyy-mm-dd"}),
        money=book.add_format({"num_format": "#,##0.00"}),
    )


def _new_sheet(book: Any, columns: Sequence[Column], dialect: Dialect, looks: _Looks) -> Any:
    sheet = book.add_worksheet(_("Rows %(number)s") % {"number": len(book.worksheets()) + 1})
    sheet.freeze_panes(1, 0)
    for place, (column, title) in enumerate(zip(columns, header(columns, dialect), strict=True)):
        sheet.set_column(place, place, WIDTHS.get(column.kind, USUAL_WIDTH))
        sheet.write_string(0, place, title, looks.head)
    return sheet


def _put_for(column: Column, dialect: Dialect, looks: _Looks) -> Put:
    """Return what writes a value of this column into a cell."""
    match column.kind:
        case Kind.INTEGER | Kind.DECIMAL:
            return _put_number
        case Kind.MONEY:
            return lambda sheet, line, place, value: _put_number(sheet, line, place, value, looks.money)
        case Kind.MOMENT:
            return _moment_put(dialect, looks)
        case Kind.DAY:
            return lambda sheet, line, place, value: _put_day(sheet, line, place, value, looks.day)
        case Kind.YES_NO:
            return _yes_no_put(dialect)
        case Kind.CHOICE if dialect.harmless:
            labels = {stored: str(label) for stored, label in column.choices}
            return lambda sheet, line, place, value: sheet.write_string(
                line, place, labels.get(plain(value), plain(value))
            )
        case _:
            return lambda sheet, line, place, value: sheet.write_string(line, place, plain(value))


def _put_number(sheet: Any, line: int, place: int, value: Any, look: Any = None) -> None:
    if abs(value) > EXACT:
        sheet.write_string(line, place, str(value))
    else:
        sheet.write_number(line, place, value, look)


def _put_day(sheet: Any, line: int, place: int, value: date | str, look: Any) -> None:
    if isinstance(value, str) or value.year < FIRST_YEAR:
        sheet.write_string(line, place, str(value))
    else:
        sheet.write_datetime(line, place, datetime(value.year, value.month, value.day), look)  # noqa: DTZ001 - a day


def _moment_put(dialect: Dialect, looks: _Looks) -> Put:
    if not dialect.harmless:
        return lambda sheet, line, place, value: sheet.write_string(line, place, moment_text(value))
    zone = ZoneInfo(dialect.zone)

    def put(sheet: Any, line: int, place: int, value: datetime) -> None:
        clock = value.astimezone(zone).replace(tzinfo=None, microsecond=0)
        sheet.write_datetime(line, place, clock, looks.moment)

    return put


def _yes_no_put(dialect: Dialect) -> Put:
    if not dialect.harmless:
        return lambda sheet, line, place, value: sheet.write_boolean(line, place, value)
    yes, no = _("Yes"), _("No")
    return lambda sheet, line, place, value: sheet.write_string(line, place, yes if value else no)
