"""What this room refuses, each with what the reader needs to put it right."""

from dataclasses import dataclass


class PoolEmpty(Exception):  # noqa: N818 - reads as what is the case
    """The pool has no free code."""


class OthersWait(PoolEmpty):
    """Others have waited longer for a code of this pool; they are served first."""


class PoolArchived(PoolEmpty):
    """The pool is out of use: nobody is given a code of it."""


class NotWaiting(Exception):  # noqa: N818
    """Documents of this origin never wait for a code."""


class PoolBusy(Exception):  # noqa: N818
    """The last free codes are being taken at this moment; trying again may find one."""


class HolderHasCode(Exception):  # noqa: N818
    """The document holds a live code already."""


class CodeNotTaken(Exception):  # noqa: N818
    """The code is not held by anybody, so it can neither be put back nor burnt."""


@dataclass(frozen=True, slots=True)
class LineError:
    """What is wrong with one line of a file; line 0 means the file as a whole."""

    line: int
    text: str


class FileRefused(Exception):  # noqa: N818
    """A file was refused whole; nothing of it was kept. `errors` names every line, in the order of the file."""

    def __init__(self, errors: list[LineError]) -> None:
        super().__init__("; ".join(error.text for error in errors[:3]))
        self.errors = errors


class PatternRefused(Exception):  # noqa: N818
    """A pattern cannot give so many codes safely."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
