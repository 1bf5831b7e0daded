"""What every way out has in common."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

Progress = Callable[[int], None]


def unheard(_sent: int) -> None:
    """Hear of progress and do nothing."""


class DeliveryRefused(Exception):  # noqa: N818 - reads as what happened
    """The file is not where it should be. `words` are fit to show; `again` says whether another try may succeed."""

    def __init__(self, words: Any, *, again: bool) -> None:
        self.words = str(words)
        self.again = again
        super().__init__(self.words)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a receiver can check a file by: rows, bytes, SHA-256; whose run it is, and when the file was made (UTC).

    `title` is the export's name and `link` the address of the run's page, for mails to people.
    """

    rows: int
    sha256: str
    size: int
    made_at: datetime
    run_id: uuid.UUID
    dataset: str = ""
    title: str = ""
    link: str = ""

    def as_json(self, name: str) -> bytes:
        """Return the manifest as the file that stands beside the export."""
        facts = {
            "file": name,
            "rows": self.rows,
            "size": self.size,
            "sha256": self.sha256,
            "dataset": self.dataset,
            "made_at": self.made_at.isoformat(),
            "run": str(self.run_id),
        }
        return json.dumps(facts, indent=2).encode() + b"\n"


class Delivery(Protocol):
    """One way out, set up for one destination. Called outside every transaction: it may take minutes."""

    def deliver(self, path: Path, *, name: str, manifest: Manifest, attempt: int, progress: Progress = unheard) -> str:
        """Bring a finished file there under this name, with its manifest; return in words where it lies.

        A name belongs to one run, so another attempt takes the place of what an earlier one left. `progress` is told
        the bytes that went out, and may stop it all by raising. Raises DeliveryRefused; then there is no half file
        under the name.
        """
        ...

    def test(self) -> str:
        """Try everything that a delivery needs, leave nothing behind, return what was found. Raises DeliveryRefused."""
        ...


def manifest_name(name: str) -> str:
    """Return the name of a file's manifest."""
    return f"{name}.manifest.json"
