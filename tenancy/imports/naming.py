"""What the columns of a file mean: guessed from their headers, said by a person, or named on the command line."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tenancy.imports.table import Columns, first_rows, plain_header

MOST_COLUMNS = 200
LONGEST_HEADER = 120
SAMPLES = 3
LONGEST_SAMPLE = 60

Choices = Callable[[], Sequence[tuple[str, Any]]]


@dataclass(frozen=True, slots=True)
class Field:
    """What a column may mean: its name in plain files, in words, and what others call it (compared without signs).

    `choices` are the values of which one may be said for all lines, where the file has no such column.
    """

    name: str
    label: Any
    synonyms: Sequence[str] = ()
    choices: Choices | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a table: its header as it is spelled there and as it is compared, and its first rows."""

    titles: list[str]
    names: list[str]
    rows: list[list[str]]

    def samples(self, position: int) -> list[str]:
        """Return the first values of a column, short."""
        return [row[position].strip()[:LONGEST_SAMPLE] for row in self.rows if position < len(row)]


@dataclass(frozen=True, slots=True)
class Naming:
    """What each column is called here, "" for one that is left out.

    By place, as a person said it on the page, or by header, as a command was told (the others go by their own names).
    `fixed` holds what is the same in all lines.
    """

    by_place: tuple[str, ...] = ()
    by_header: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    def names(self, header: Sequence[str]) -> list[str]:
        """Return the columns of a header as they are called here, and behind them those that are the same in all lines."""
        if self.by_place:
            own = [*self.by_place, *[""] * len(header)][: len(header)]
        else:
            own = [self.by_header.get(name, name) for name in header]
        return [*own, *self.fixed]

    def cells(self, cells: list[str], width: int) -> list[str]:
        """Return a row with what is the same in all lines behind its own `width` cells; a longer row stays as it is."""
        if not self.fixed or len(cells) > width:
            return cells
        return [*cells, *[""] * (width - len(cells)), *self.fixed.values()]


def head_of(path: Path) -> Head:
    """Return how a plain CSV begins. Raises FileRefused for what is none."""
    titles, rows = first_rows(path, SAMPLES)
    return make_head(titles, rows)


def make_head(titles: Sequence[str], rows: list[list[str]]) -> Head:
    """Return a header and rows as the beginning of a table, as wide as a page can show."""
    shown = [" ".join(title.replace("\ufeff", "").split())[:LONGEST_HEADER] for title in titles[:MOST_COLUMNS]]
    return Head(shown, plain_header(titles[:MOST_COLUMNS]), rows)


def guess(names: Sequence[str], fields: Sequence[Field], remembered: Mapping[str, str]) -> list[str]:
    """Return what each column of a header probably means: as a person said last time, else by its name; "" for no idea.

    Of two columns that would mean the same the first one does.
    """
    known = _spellings(fields)
    there = {one.name for one in fields}
    found: list[str] = []
    for name in names:
        meant = remembered[name] if name in remembered else known.get(_bare(name), "")
        found.append(meant if meant in there and meant not in found else "")
    return found


def faults(naming: Naming, header: Sequence[str], columns: Columns, fields: Sequence[Field]) -> list[str]:
    """Return in words what keeps a file with these columns from being read: nothing where it can be."""
    labels = {one.name: str(one.label) for one in fields}
    counted = Counter(name for name in naming.names(header) if name)
    found = [
        _("Two columns mean “%(name)s”. Leave one of them out.") % {"name": labels.get(name, name)}
        for name, number in counted.items()
        if number > 1
    ]
    missing = [labels.get(name, name) for name in columns.needed if name not in counted]
    if missing:
        found.append(_("No column means %(names)s.") % {"names": ", ".join(f"“{name}”" for name in missing)})
    if columns.one_of and not set(columns.one_of) & set(counted):
        names = ", ".join(f"“{labels.get(name, name)}”" for name in columns.one_of)
        found.append(_("One of the columns has to mean %(names)s.") % {"names": names})
    return found


def _spellings(fields: Sequence[Field]) -> dict[str, str]:
    """Return every spelling of the fields, without signs, with the field's name; a field's own name goes first."""
    found: dict[str, str] = {}
    for one in fields:
        for spelling in (*one.synonyms, str(one.label)):
            found.setdefault(_bare(spelling), one.name)
    return found | {_bare(one.name): one.name for one in fields}


def _bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
