"""What can go wrong between a till and the API."""

from typing import Any


class TillError(Exception):
    """Anything that this client raises."""


class NoAnswer(TillError):  # noqa: N818 - reads as a sentence where it is raised
    """Nothing came back, whatever was tried.

    A write may have happened: send it again with the same `key`, and it will not happen twice.
    """

    def __init__(self, key: str | None, reason: str) -> None:
        self.key = key
        super().__init__(reason)


class Refused(TillError):  # noqa: N818 - as above
    """The API says no: `code` is stable and for programs, `detail` is a sentence for people.

    `errors` name the fields that cannot be used, `problem` is the whole document (`missing_points`, `member_id`).
    """

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        self.status = status
        self.problem = problem
        self.code: str = str(problem.get("code", ""))
        self.detail: str = str(problem.get("detail", ""))
        self.errors: list[dict[str, str]] = list(problem.get("errors", ()))
        super().__init__(f"{status} {self.code}: {self.detail}")
