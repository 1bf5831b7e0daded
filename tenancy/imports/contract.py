"""What every importer answers, so that one screen and one kind of command serve them all.

An importer is a module with two functions. Both read the whole file first and refuse it whole: a file with one bad
line changes nothing.

    def preview(path: Path, *, merchant_id: UUID, now: datetime, progress=None, naming=None) -> Preview
    def apply(path: Path, *, merchant_id: UUID, actor: Actor, now: datetime, progress=None, origin_id=None,
              file_name="", naming=None, note=None) -> Outcome

`preview` only reads. Both open scopes of their own, one for each portion, so that a big file holds no long transaction;
`apply`, killed half way, is simply done again. `progress(done, total)` is called between portions, outside them, and
now and then while the file is read (0 of so many rows so far). `origin_id` and `file_name` name the import run.
`naming` says what the columns mean where their headers do not. `note(results)` is called inside each portion's
transaction with what became of its lines.

Beside them stand `COLUMNS` (what must be there) and `FIELDS` (what a column can mean, in words), and

    def head(path: Path) -> Head | None
    def named(ids: Sequence[UUID]) -> dict[UUID, Named]
    def titles() -> QuerySet

`head` is how the file begins, None where its columns need not be named; `named` what documents of lines are called.
`titles` gives the same titles by query, as the one value `title` of each document: lines are sorted and searched by it.
Where lines can be taken back, `UNDO` is the module with these two, both in the merchant's scope:

    def refusals(lines: Sequence[Line], *, now: datetime) -> dict[UUID, str]
    def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[UUID, str]

Both answer with the documents that stay, and why. `take_back` locks the documents, looks at them again and takes the
others back, all in the caller's transaction; what it raises refuses the lines together.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

MOST_PROBLEMS = 50
SAMPLE = 20

Progress = Callable[[int, int], None]


class Became(StrEnum):
    """What became of a line, one letter each."""

    ADDED = "a"
    CHANGED = "c"
    SKIPPED = "s"
    REFUSED = "r"


class Result(NamedTuple):
    """What became of one line: the document that it made or changed, `mark` what it had been counted as right after."""

    line: int
    became: Became
    document: uuid.UUID | None = None
    mark: int | None = None
    reason: str = ""


Note = Callable[[Sequence[Result]], None]


class Line(NamedTuple):
    """A line that is to be taken back: what it did, to which document, and how that was counted right after."""

    document: uuid.UUID
    became: str
    mark: int | None


class Named(NamedTuple):
    """What a document is called, and its page: the name of the address and its blanks behind the merchant's."""

    title: str
    page: str = ""
    args: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one line; line 0 means the file as a whole."""

    line: int
    reason: str

    def __str__(self) -> str:
        return _("line %(line)s: %(reason)s") % {"line": self.line, "reason": self.reason} if self.line else self.reason


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One record as it was understood: what would happen to it, its name, and what it holds, without contact details."""

    action: str
    title: str
    facts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. With problems it would do nothing at all."""

    format_name: str = ""
    added: int = 0
    changed: int = 0
    skipped: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)
    sample: list[SampleRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def more_problems(self) -> int:
        """Return how many refused lines are not listed."""
        return max(0, self.refused - len(self.problems))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did."""

    added: int = 0
    changed: int = 0
    skipped: int = 0
    refused: int = 0

    def with_results(self, results: Sequence[Result]) -> "Outcome":
        """Return this with what became of more lines."""
        more = [sum(one.became == letter for one in results) for letter in Became]
        return Outcome(self.added + more[0], self.changed + more[1], self.skipped + more[2], self.refused + more[3])


class FileRefused(Exception):  # noqa: N818 - reads as what happened
    """The file was refused whole. `problems` holds the first reasons, `refused` how many lines have one."""

    def __init__(self, problems: list[Problem], refused: int = 0) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:3]))
        self.problems = problems[:MOST_PROBLEMS]
        self.refused = max(refused, len(problems))
