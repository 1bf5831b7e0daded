"""Why rows are refused: every bad line is counted, the first of them in words."""

from typing import Self

from tenancy.imports.contract import MOST_PROBLEMS, FileRefused, Problem
from tenancy.imports.values import BadValue


class Refusals:
    """Reasons why rows of one file are refused.

    `with refusals.of(line):` takes up a BadValue that is raised inside, and goes on with the next line.
    """

    def __init__(self) -> None:
        self.found: list[Problem] = []
        self.refused = 0
        self._line = 0

    def of(self, line: int) -> Self:
        """Name the line that is looked at; used as `with refusals.of(line):`."""
        self._line = line
        return self

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if not isinstance(error, BadValue):
            return False
        self.refused += 1
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(Problem(self._line, str(error)))
        return True

    def refuse(self) -> None:
        """Raise FileRefused for what was found, in the order of the lines."""
        if self.found:
            raise FileRefused(sorted(self.found, key=lambda problem: problem.line), self.refused)
