"""What a report's format says of itself, and finding out by the header which one a file has."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from claims_center.imports.rows import ReadItem, ReadOrder
from tenancy.imports.contract import FileRefused, Problem

Row = dict[str, str]
Pair = tuple[ReadOrder, ReadItem | None]
# `read(row, line=, now=, zone=)`: a row's order and product; None for a row that is left out. Raises BadValue.
Reader = Callable[..., Pair | None]


def _no_trailer(cells: Sequence[str]) -> bool:
    return False


def nothing_missing(order: ReadOrder) -> None:
    """Find every order whole."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of report.

    `columns`: what its columns are called here -> how reports spell them, first as the marketplace does today (the name
    itself where nothing is given). `needed` of them must be there, none of `without` may be. `only_known`: any other column is refused. `quoted`: cells may stand in quotes.
    `check(order)` raises BadValue for an order that is not whole once all its rows are together.
    """

    name: str
    columns: Mapping[str, tuple[str, ...]]
    needed: frozenset[str]
    read: Reader
    without: frozenset[str] = frozenset()
    only_known: bool = False
    quoted: bool = True
    is_trailer: Callable[[Sequence[str]], bool] = _no_trailer
    check: Callable[[ReadOrder], None] = nothing_missing
    notes: Callable[[], list[str]] = field(default=list)
    left_out: Callable[[int], str] = field(default=str)

    def names(self, header: Sequence[str]) -> list[str]:
        """Return what each column of a header is called here, "" for one that is not used."""
        known = self.spellings()
        return [known.get(column, "") for column in header]

    def spellings(self) -> dict[str, str]:
        """Return every spelling in small letters, with what the column is called here."""
        return {spelling.lower(): name for name, spellings in self.columns.items() for spelling in spellings or (name,)}

    def spelled(self, name: str) -> str:
        """Return how the marketplace spells a column."""
        return next(iter(self.columns[name]), name)

    def fits(self, header: Sequence[str]) -> bool:
        """Say whether a header has what this format needs, and nothing that tells against it."""
        names = set(self.names(header))
        return self.needed <= names and not self.without & names


def recognise(formats: Sequence[Format], header: Sequence[str], *, line: int) -> Format | None:
    """Return the one format whose columns these are, None where it is none. Raises FileRefused where it is unclear."""
    fitting = [one for one in formats if one.fits(header)]
    if len(fitting) > 1:
        reason = _("These columns fit “%(one)s” and “%(other)s” alike. Use the file as it was downloaded.")
        raise FileRefused([Problem(line, reason % {"one": fitting[0].name, "other": fitting[1].name})])
    for one in fitting:
        check_columns(one, header, line=line)
    return fitting[0] if fitting else None


def check_columns(chosen: Format, header: Sequence[str], *, line: int) -> None:
    """Refuse a header with a column twice that is used, or with an unknown one where only known ones may stand."""
    used = chosen.spellings()
    twice = sorted({name for name in header if name in used and list(header).count(name) > 1})
    if twice:
        raise FileRefused([Problem(line, _("The column “%(name)s” is there twice.") % {"name": twice[0]})])
    unknown = [name for name in header if name and name not in used] if chosen.only_known else []
    if unknown:
        reason = _("The column “%(name)s” is not known; known are %(known)s.")
        known = ", ".join(sorted(chosen.columns))
        raise FileRefused([Problem(line, reason % {"name": unknown[0][:40], "known": known})])


def refusal_of(formats: Sequence[Format], headers: Sequence[tuple[int, list[str]]]) -> FileRefused:
    """Return why a file whose first lines are these is no report that we know."""
    share, line, nearest, missing = 0.0, 0, None, [""]
    for number, header in headers:
        for one in formats:
            names = set(one.names(header))
            fit = len(one.needed & names) / len(one.needed) - len(one.without & names)
            if fit > share:
                share, line, nearest, missing = fit, number, one, sorted(one.needed - names)
    if nearest is None or share < 0.5:  # noqa: PLR2004 - more columns are missing than are there
        known = ", ".join(one.name for one in formats)
        reason = _("No order report that we know has these columns. Known are: %(known)s.") % {"known": known}
        return FileRefused([Problem(headers[0][0] if headers else 0, reason)])
    reason = _("This looks like “%(format)s”, but the column “%(name)s” is missing.")
    return FileRefused([Problem(line, reason % {"format": nearest.name, "name": nearest.spelled(missing[0])})])
