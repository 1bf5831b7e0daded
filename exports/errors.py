"""What this room refuses; the text of each is fit to show."""


class UploadRefused(Exception):  # noqa: N818 - reads as what happened
    """A file that is not even kept."""


class NotPossible(Exception):  # noqa: N818 - the answer to a request
    """An act that the run's state does not allow."""


class ColumnsRefused(Exception):  # noqa: N818 - reads as what happened
    """What was said of a file's columns does not fit together; `problems` are sentences."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class NotUnderstood(Exception):  # noqa: N818 - reads as what is the case
    """Data, columns or filters that are not known (any more)."""


class NotAllowed(Exception):  # noqa: N818 - reads as what is the case
    """The owner of an export may not do it (any more)."""


class Conflict(Exception):  # noqa: N818 - reads as what happened
    """Somebody else has changed the definition meanwhile."""
