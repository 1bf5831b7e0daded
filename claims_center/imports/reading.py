"""From a file to orders: which report it is, and every row of it, or all reasons why not."""

import csv
import itertools
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from claims_center.imports import plain, workbook
from claims_center.imports.formats import Format, nothing_missing, recognise, refusal_of
from claims_center.imports.known import FORMATS
from claims_center.imports.plain import COLUMNS
from claims_center.imports.rows import MOST_PIECES, ReadItem, ReadOrder
from claims_center.imports.spool import Spool
from tenancy.imports.contract import FileRefused, Problem
from tenancy.imports.naming import SAMPLES, Head, Naming, make_head
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import HEADER_WITHIN, as_row, csv_rows, is_blank, opened, plain_header
from tenancy.imports.textfile import encoding_of, lines_of
from tenancy.imports.values import MOST, BadValue

MOST_ORDERS = 1_000_000
# How often somebody who waits is told how far the reading is.
TOLD_EVERY = 10_000

Seen = Callable[[int], None]
Cells = Iterator[tuple[int, list[str]]]


@dataclass(slots=True)
class ReadFile:
    """A file that was understood, with its orders on disk; to be closed."""

    format_name: str
    left_out: int = 0
    lines_left_out: "array[int]" = field(default_factory=lambda: array("L"))
    left_out_because: str = ""
    notes: list[str] = field(default_factory=list)
    spool: Spool = field(default_factory=Spool)

    @property
    def count(self) -> int:
        """Return how many orders there are."""
        return self.spool.count

    def portions(self, size: int) -> Iterator[list[ReadOrder]]:
        """Yield the orders in the order of the file, so many at a time."""
        orders = self.spool.orders()
        while portion := list(itertools.islice(orders, size)):
            yield portion

    def close(self) -> None:
        """Forget the orders."""
        self.spool.close()


@dataclass(frozen=True, slots=True)
class Table:
    """The rows below a header that was recognised."""

    format: Format
    columns: list[str]
    rows: Cells


def read_orders(
    path: Path, *, now: datetime, zone: tzinfo, seen: Seen | None = None, naming: Naming | None = None
) -> ReadFile:
    """Read a whole report of orders. Raises FileRefused with the line and reason of what is wrong.

    `zone` is where times without a zone are. `seen(rows)` is called now and then. With `naming` it is a plain table
    whose columns are called so. Memory stays bounded, however long the file; close what is returned.
    """
    table = _table(path) if naming is None else _named(path, naming)
    found = ReadFile(table.format.name, left_out_because=table.format.left_out(1))
    try:
        _gather(found, table, seen, now=now, zone=zone)
    except BaseException:
        found.close()
        raise
    return found


def head(path: Path) -> Head | None:
    """Return how a table begins whose columns somebody has to name; None for a marketplace's report. Raises FileRefused."""
    _number, titles, rows = _opened(path)
    header = plain_header(titles)
    if any(one.fits(header) for one in FORMATS if one is not plain.FORMAT) or _is_known(path):
        return None
    filled = (cells for _at, cells in rows if any(cell.strip() for cell in cells))
    return make_head(titles, list(itertools.islice(filled, SAMPLES)))


def _is_known(path: Path) -> bool:
    """Say whether a marketplace's header stands anywhere near the top; what is wrong with it is said when it is read."""
    try:
        return _table(path).format is not plain.FORMAT
    except FileRefused:
        return False


def _named(path: Path, naming: Naming) -> Table:
    number, titles, rows = _opened(path)
    header = plain_header(titles)
    names = naming.names(header)
    COLUMNS.check(names, line=number)
    return Table(plain.FORMAT, names, ((at, naming.cells(cells, len(header))) for at, cells in rows))


def _opened(path: Path) -> tuple[int, list[str], Cells]:
    """Return the line of the first row that holds anything, that row, and the rows below it."""
    if not workbook.is_workbook(path):
        return opened(path)
    for rows in workbook.sheets(path):
        for number, cells in itertools.islice(rows, HEADER_WITHIN):
            if any(cell.strip() for cell in cells):
                return number, cells, rows
    raise FileRefused([Problem(0, _("The file is empty."))])


def _table(path: Path) -> Table:
    if workbook.is_workbook(path):
        return _of_workbook(path)
    lines = lines_of(path, encoding_of(path))
    headers: list[tuple[int, list[str]]] = []
    for number, line in enumerate(itertools.islice(lines, HEADER_WITHIN), 1):
        if is_blank(line):
            continue
        for delimiter in ("\t", ";", ","):
            header = plain_header(_split(line, delimiter))
            chosen = recognise(FORMATS, header, line=number)
            if chosen is not None:
                return Table(chosen, chosen.names(header), _text_rows(lines, delimiter, number, chosen))
            headers.append((number, header))
    if not headers:
        raise FileRefused([Problem(0, _("The file is empty."))])
    raise refusal_of(FORMATS, headers)


def _of_workbook(path: Path) -> Table:
    headers: list[tuple[int, list[str]]] = []
    for rows in workbook.sheets(path):
        for number, cells in itertools.islice(rows, HEADER_WITHIN):
            header = plain_header(cells)
            chosen = recognise(FORMATS, header, line=number) if any(header) else None
            if chosen is not None:
                return Table(chosen, chosen.names(header), rows)
            headers += [(number, header)] if any(header) else []
    if not headers:
        raise FileRefused([Problem(0, _("The file is empty."))])
    raise refusal_of(FORMATS, headers)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _text_rows(lines: Iterator[str], delimiter: str, above: int, chosen: Format) -> Cells:
    if not chosen.quoted and delimiter == "\t":
        for number, line in enumerate(lines, above + 1):
            yield number, line.rstrip("\r\n").split("\t")
        return
    yield from csv_rows(lines, delimiter, above=above)


@dataclass(slots=True)
class Sums:
    """What all products of a file come to; where one order could hold that much, none holds too much."""

    amount: Decimal = Decimal(0)
    pieces: int = 0

    def add(self, item: ReadItem | None) -> None:
        """Take a row's product in."""
        if item is not None:
            self.amount += item.amount or 0
            self.pieces += item.quantity

    @property
    def fit(self) -> bool:
        """Say whether a single order could hold all of it."""
        return self.amount <= MOST and self.pieces <= MOST_PIECES


def _gather(found: ReadFile, table: Table, seen: Seen | None, *, now: datetime, zone: tzinfo) -> None:
    problems, sums = Refusals(), Sums()
    read = partial(table.format.read, now=now, zone=zone)
    rows = 0
    for number, cells in table.rows:
        if not any(cell.strip() for cell in cells) or table.format.is_trailer(cells):
            continue
        rows += 1
        if seen is not None and rows % TOLD_EVERY == 0:
            seen(rows)
        with problems.of(number):
            pair = read(as_row(table.columns, cells), line=number)
            if pair is None:
                found.left_out += 1
                found.lines_left_out.append(number)
            else:
                found.spool.add(*pair)
                sums.add(pair[1])
    found.spool.seal()
    _check_orders(found, table.format, problems, sums)
    problems.refuse()
    _check_count(found)
    found.notes += [*table.format.notes(), *([table.format.left_out(found.left_out)] if found.left_out else [])]


def _check_orders(found: ReadFile, chosen: Format, problems: Refusals, sums: Sums) -> None:
    """Look at the orders once more with all their rows together, where there is something to look at."""
    if problems.refused or (chosen.check is nothing_missing and sums.fit):
        return
    for order in found.spool.orders():
        with problems.of(order.line):
            chosen.check(order)
            if not order.fits:
                told = {"number": order.number}
                raise BadValue(_("The items of order %(number)s come to more than an order can be.") % told)


def _check_count(found: ReadFile) -> None:
    if not found.count and not found.left_out:
        raise FileRefused([Problem(0, _("The file has a header, but no orders."))])
    if found.count > MOST_ORDERS:
        text = _("The file has more than %(most)s orders. Split it by date.")
        raise FileRefused([Problem(0, text % {"most": f"{MOST_ORDERS:,}"})])
