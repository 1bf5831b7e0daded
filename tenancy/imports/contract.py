"""What every importer answers, so that one screen and one kind of command serve them all.

An importer is a module with two functions. Both read the whole file first and refuse it whole: a file with one bad
line changes nothing.

    def preview(path: Path, *, merchant_id: UUID, now: datetime, progress=None) -> Preview
    def apply(path: Path, *, merchant_id: UUID, actor: Actor, now: datetime, progress=None, origin_id=None,
              file_name="") -> Outcome

`preview` only reads. Both open scopes of their own, one for each portion, so that a big file holds no long transaction;
`apply`, killed half way, is simply done again. `progress(done, total)` is called between portions, outside them, and
now and then while the file is read (0 of so many rows so far). `origin_id` and `file_name` name the import run.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

MOST_PROBLEMS = 50
SAMPLE = 20

Progress = Callable[[int, int], None]


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


class FileRefused(Exception):  # noqa: N818 - reads as what happened
    """The file was refused whole. `problems` holds the first reasons, `refused` how many lines have one."""

    def __init__(self, problems: list[Problem], refused: int = 0) -> None:
        super().__init__("; ".join(str(problem) for problem in problems[:3]))
        self.problems = problems[:MOST_PROBLEMS]
        self.refused = max(refused, len(problems))
