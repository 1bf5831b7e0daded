"""From a file to orders: which report it is, and every row of it, or all reasons why not."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from claims_center.imports import amazon, plain
from claims_center.imports.contract import MOST_PROBLEMS, FileRefused, Problem
from claims_center.imports.rows import ReadItem, ReadOrder
from claims_center.imports.textfile import encoding_of, lines_of
from claims_center.imports.values import BadValue

MOST_ORDERS = 1_000_000

Row = dict[str, str]
Reader = Callable[..., tuple[ReadOrder, ReadItem | None] | None]


@dataclass(slots=True)
class ReadFile:
    """A file that was understood."""

    format_name: str
    orders: dict[tuple[str, str], ReadOrder] = field(default_factory=dict)
    left_out: int = 0
    notes: list[str] = field(default_factory=list)


def read_orders(path: Path, *, now: datetime, zone: tzinfo) -> ReadFile:
    """Read a whole report of orders. Raises FileRefused with the line and reason of what is wrong.

    `zone` is where times without a zone are.
    """
    lines = lines_of(path, encoding_of(path))
    above, first = _header(lines)
    if "\t" in first:
        columns = _columns(first.rstrip("\r\n").split("\t"))
        return _read(_tab_rows(lines, above), columns, *_amazon(columns), now=now)
    delimiter = ";" if first.count(";") > first.count(",") else ","
    columns = _columns(next(csv.reader([first], delimiter=delimiter), []))
    name, reader = _plain(columns, zone)
    return _read(_csv_rows(lines, delimiter, above), columns, name, reader, now=now)


def _header(lines: Iterator[str]) -> tuple[int, str]:
    """Return the header and its line's number; empty lines above it do not count."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            return number, line
    raise FileRefused([Problem(0, _("The file is empty."))])


def _columns(names: list[str]) -> list[str]:
    columns = [name.strip().strip("\ufeff").lower() for name in names]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        raise FileRefused([Problem(1, _("The column “%(name)s” is there twice.") % {"name": twice[0]})])
    return columns


def _amazon(columns: list[str]) -> tuple[str, Reader]:
    missing = sorted(amazon.NEEDED - set(columns))
    if missing:
        text = _("This is no All Orders report of Amazon: the column “%(name)s” is missing.")
        raise FileRefused([Problem(1, text % {"name": missing[0]})])
    return amazon.NAME, amazon.read


def _plain(columns: list[str], zone: tzinfo) -> tuple[str, Reader]:
    missing = sorted(plain.NEEDED - set(columns))
    if missing:
        text = _("The column “%(name)s” is missing. Orders come as Amazon's All Orders report, or as CSV with %(all)s.")
        known = ", ".join(sorted(plain.NEEDED))
        raise FileRefused([Problem(1, text % {"name": missing[0], "all": known})])
    unknown = [name for name in columns if name and name not in plain.KNOWN]
    if unknown:
        text = _("The column “%(name)s” is not known; known are %(known)s.")
        known = ", ".join(sorted(plain.KNOWN))
        raise FileRefused([Problem(1, text % {"name": unknown[0][:40], "known": known})])
    return plain.NAME, partial(plain.read, zone=zone)


def _tab_rows(lines: Iterator[str], above: int) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(lines, above + 1):
        yield number, line.rstrip("\r\n").split("\t")


def _csv_rows(lines: Iterator[str], delimiter: str, above: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            text = _("The quotes of this row do not fit together.")
            raise FileRefused([Problem(reader.line_num + above, text)]) from error
        yield reader.line_num + above, row


def _read(
    rows: Iterator[tuple[int, list[str]]], columns: list[str], name: str, reader: Reader, *, now: datetime
) -> ReadFile:
    found, refused = ReadFile(name), 0
    problems: list[Problem] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            _take(found, reader(_row(columns, cells), line=number, now=now))
        except BadValue as error:
            refused += 1
            problems += [Problem(number, str(error))] if len(problems) < MOST_PROBLEMS else []
    if problems:
        raise FileRefused(problems, refused)
    if not found.orders and not found.left_out:
        raise FileRefused([Problem(0, _("The file has a header, but no orders."))])
    return found


def _row(columns: list[str], cells: list[str]) -> Row:
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise BadValue(_("The row has more cells than the header has columns."))
    padded = cells + [""] * (len(columns) - len(cells))
    return {column: cell.strip() for column, cell in zip(columns, padded, strict=False) if column}


def _take(found: ReadFile, pair: tuple[ReadOrder, ReadItem | None] | None) -> None:
    if pair is None:
        found.left_out += 1
        return
    order, item = pair
    known = found.orders.setdefault(order.key, order)
    known.add(item)
    if len(found.orders) > MOST_ORDERS:
        raise FileRefused([Problem(order.line, _("The file has more than a million orders. Split it by date."))])
