"""Bringing in a plain CSV: the whole file is looked at first, then written portion by portion, or not at all."""

import uuid
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from django.utils.translation import gettext as _

from tenancy.imports.contract import (
    SAMPLE,
    FileRefused,
    Note,
    Outcome,
    Preview,
    Problem,
    Progress,
    Result,
    SampleRow,
)
from tenancy.imports.naming import Naming
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Columns, Row, as_row, rows_of
from tenancy.scope import merchant_scope

PORTION = 2_000
MOST_ROWS = 1_000_000

R = TypeVar("R")
# The line that a record ends in, and the record.
Lines = list[tuple[int, R]]


@dataclass(frozen=True, slots=True)
class News(Generic[R]):
    """A record that would be "added" or "changed"; `changes` names the columns, where that says something."""

    action: str
    line: int
    record: R
    changes: Sequence[str] = ()


class Records(ABC, Generic[R]):
    """The rows of one file as records of one kind, for one reading of it: a second reading takes a new one.

    `read` makes a record of a row or raises BadValue. `look`, in the merchant's scope, says of each record of a portion
    what importing it would do, and names the lines that are wrong in the light of what is stored; `show` puts the first
    of them in words. `store`, in the scope too, writes a portion and says what became of each line. All see the portions
    in the order of the file. `portion` is how many rows one has, 0 for as many as usual. `naming` says what the columns
    mean, None where their headers do.
    """

    name: ClassVar[Any]
    columns: ClassVar[Columns]
    portion: ClassVar[int] = 0
    naming: Naming | None = None

    def __init__(self, *, merchant_id: uuid.UUID, now: datetime) -> None:
        self.merchant_id, self.now = merchant_id, now

    @abstractmethod
    def read(self, row: Row, line: int) -> R:
        """Return a row's record; raise BadValue with what is wrong with it."""

    @abstractmethod
    def look(self, lines: Lines[R], refusals: Refusals) -> list[News[R]]:
        """Return the records that would be added or changed; the others would be skipped."""

    @abstractmethod
    def show(self, news: News[R]) -> SampleRow:
        """Return a record in words, with what would happen to it."""

    @abstractmethod
    def store(self, lines: Lines[R]) -> list[Result]:
        """Write a portion, and say what became of each of its lines."""


def preview(
    make: Callable[[], Records[Any]], path: Path, progress: Progress | None, naming: Naming | None = None
) -> Preview:
    """Return what importing a file would do; changes nothing. A refused file is answered with its problems."""
    try:
        return _looked(_made(make, naming), path, progress)
    except FileRefused as refused:
        return Preview(refused=refused.refused, problems=refused.problems)


def apply(
    make: Callable[[], Records[Any]],
    path: Path,
    progress: Progress | None,
    naming: Naming | None = None,
    note: Note | None = None,
) -> Outcome:
    """Import a file, portion by portion in transactions of their own; raises FileRefused, and then nothing is written.

    The same file again finds its records in place. Killed half way, it is simply done again. `note` is told in each
    portion's transaction what became of its lines.
    """
    found = _looked(_made(make, naming), path, progress)
    records, done = _made(make, naming), Outcome()
    total = found.added + found.changed + found.skipped
    so_far = 0
    for lines in _portions(records, path, Refusals(), None):
        with merchant_scope(records.merchant_id):
            results = records.store(lines)
            if note is not None:
                note(results)
        done = done.with_results(results)
        so_far += len(lines)
        if progress is not None:
            progress(so_far, total)
    return done


def _made(make: Callable[[], Records[Any]], naming: Naming | None) -> Records[Any]:
    records = make()
    records.naming = naming
    return records


def _looked(records: Records[Any], path: Path, progress: Progress | None) -> Preview:
    refusals, rows, counts, sample = Refusals(), 0, Counter[str](), list[SampleRow]()
    for lines in _portions(records, path, refusals, progress):
        rows += len(lines)
        with merchant_scope(records.merchant_id):
            news = records.look(lines, refusals)
        for one in news:
            counts[one.action] += 1
            if len(sample) < SAMPLE:
                sample.append(records.show(one))
    refusals.refuse()
    if not rows:
        raise FileRefused([Problem(0, _("The file has a header, but no rows."))])
    added, changed = counts["added"], counts["changed"]
    return Preview(str(records.name), added, changed, skipped=rows - added - changed, sample=sample)


def _portions(records: Records[Any], path: Path, refusals: Refusals, progress: Progress | None) -> Iterator[Lines[Any]]:
    """Yield the records of a file, so many at a time, without those that are refused."""
    waiting: Lines[Any] = []
    for rows, (line, header, cells) in enumerate(rows_of(path, records.columns, records.naming), 1):
        if rows > MOST_ROWS:
            raise FileRefused([Problem(line, _("The file has more than %(most)s rows.") % {"most": f"{MOST_ROWS:,}"})])
        with refusals.of(line):
            waiting.append((line, records.read(as_row(header, cells), line)))
        if len(waiting) == (records.portion or PORTION):
            yield waiting
            waiting = []
            if progress is not None:
                progress(0, rows)
    if waiting:
        yield waiting
