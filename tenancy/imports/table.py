"""A table in a text file: its header, and row after row as cells by column."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from tenancy.imports.contract import FileRefused, Problem
from tenancy.imports.textfile import encoding_of, lines_of
from tenancy.imports.values import BadValue

Row = dict[str, str]
# A header stands this far down at most: below empty lines and a spreadsheet's `sep=`.
HEADER_WITHIN = 30
DELIMITERS = (",", ";", "\t")
QUOTED = re.compile(r'"[^"]*"?')


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a plain CSV may have, of which some must be there: all of `needed`, and one of `one_of`."""

    known: Sequence[str]
    needed: Sequence[str] = ()
    one_of: Sequence[str] = ()

    def check(self, header: Sequence[str], *, line: int) -> None:
        """Raise FileRefused for a header that is not this file's, with the column that is wrong."""
        missing = [name for name in self.needed if name not in header]
        twice = [name for name in header if name and list(header).count(name) > 1]
        unknown = [name for name in header if name and name not in self.known]
        if missing:
            reason = _("The column “%(name)s” is missing.") % {"name": missing[0]}
        elif self.one_of and not set(self.one_of) & set(header):
            reason = _("One of the columns %(names)s has to be there.") % {"names": ", ".join(self.one_of)}
        elif twice:
            reason = _("The column “%(name)s” is there twice.") % {"name": twice[0][:40]}
        elif unknown:
            told = {"name": unknown[0][:40], "known": ", ".join(self.known)}
            reason = _("The column “%(name)s” is not known; known are %(known)s.") % told
        else:
            return
        raise FileRefused([Problem(line, reason)])


class Names(Protocol):
    """What the columns of a file are called here; `tenancy.imports.naming.Naming` is one."""

    def names(self, header: Sequence[str]) -> list[str]:
        """Return the columns of a header as they are called here."""
        ...

    def cells(self, cells: list[str], width: int) -> list[str]:
        """Return a row of a header of this width as it is read."""
        ...


def rows_of(path: Path, columns: Columns, naming: Names | None = None) -> Iterator[tuple[int, list[str], list[str]]]:
    """Yield line number, header and cells of every row of a plain CSV (comma, semicolon or tab; gzipped or not).

    Read from the disk as it goes, so that any length fits into little memory. The header is as `naming` calls its
    columns. Raises FileRefused for what is no such file: empty, another header, quotes that do not fit together.
    """
    number, titles, rows = opened(path)
    header = plain_header(titles)
    width = len(header)
    if naming is not None:
        header = naming.names(header)
    columns.check(header, line=number)
    for at, cells in rows:
        if any(cell.strip() for cell in cells):
            yield at, header, cells if naming is None else naming.cells(cells, width)


def opened(path: Path) -> tuple[int, list[str], Iterator[tuple[int, list[str]]]]:
    """Return the line of a plain CSV's header, the header as it is spelled, and the rows below it. Raises FileRefused."""
    lines = lines_of(path, encoding_of(path))
    for number, line in enumerate(itertools.islice(lines, HEADER_WITHIN), 1):
        if is_blank(line):
            continue
        # A title may hold any sign, and a line break, where it stands in quotes.
        delimiter = max(DELIMITERS, key=QUOTED.sub("", line).count)
        rows = csv_rows(itertools.chain([line], lines), delimiter, above=number - 1)
        at, titles = next(rows)
        return at, titles, rows
    raise FileRefused([Problem(0, _("The file is empty."))])


def first_rows(path: Path, number: int) -> tuple[list[str], list[list[str]]]:
    """Return the header of a plain CSV as it is spelled, and its first rows. Raises FileRefused."""
    _line, titles, rows = opened(path)
    filled = (cells for _at, cells in rows if any(cell.strip() for cell in cells))
    return titles, list(itertools.islice(filled, number))


def is_blank(line: str) -> bool:
    """Say whether a line above the header holds nothing, or only a spreadsheet's hint at the delimiter."""
    return not line.strip(" \t\r\n,;") or line.lower().lstrip('\ufeff"').startswith("sep=")


def plain_header(cells: Iterable[str]) -> list[str]:
    """Return the columns of a header as they are compared: trimmed, without a byte order mark, in small letters."""
    return [re.sub(r"\s+", " ", cell.replace("\ufeff", "").replace("\xa0", " ")).strip().lower() for cell in cells]


def csv_rows(lines: Iterator[str], delimiter: str, *, above: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV whose first `above` lines are read, each with the line that it ends in."""
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


def as_row(columns: Sequence[str], cells: Sequence[str]) -> Row:
    """Return a row's cells by column, trimmed; columns without a name are left out. Raises BadValue for a cell too many."""
    if any(cell.strip() for cell in cells[len(columns) :]):
        raise BadValue(_("The row has more cells than the header has columns."))
    row = dict.fromkeys(filter(None, columns), "")
    for column, cell in zip(columns, cells, strict=False):
        # Of two spellings of one column the first that is filled counts.
        if column and not row[column]:
            row[column] = cell.replace("\x00", "").strip()
    return row
