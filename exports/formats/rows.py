"""The formats that are written row by row, from what a server-side cursor gives."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, Protocol

from exports.formats.columns import Column, Dialect
from exports.formats.jsonl import write_jsonl
from exports.formats.kinds import Format
from exports.formats.parquet import write_parquet
from exports.formats.xlsx import write_xlsx

# After so many rows somebody is told, who may stop it all by raising.
STEP = 1_000

Row = Sequence[Any]
Progress = Callable[[int], None]


class Writer(Protocol):
    """Writes rows into a file as they come, holding no more than a portion of them."""

    def __call__(self, rows: Iterable[Row], columns: Sequence[Column], dialect: Dialect, target: BinaryIO) -> None:
        """Write them all."""
        ...


WRITERS: dict[Format, Writer] = {
    Format.XLSX: write_xlsx,
    Format.JSONL: write_jsonl,
    Format.PARQUET: write_parquet,
}


class _Counted:
    """Rows that are counted on their way."""

    def __init__(self, rows: Iterable[Row], progress: Progress) -> None:
        self.rows = rows
        self.progress = progress
        self.count = 0

    def __iter__(self) -> Any:
        for row in self.rows:
            yield row
            self.count += 1
            if self.count % STEP == 0:
                self.progress(self.count)


def write(
    format: Format,  # noqa: A002 - the word for it
    *,
    rows: Iterable[Row],
    columns: Sequence[Column],
    dialect: Dialect,
    target: BinaryIO,
    progress: Progress,
) -> int:
    """Write rows, whose values stand in the order of the columns, into a file in constant memory; return how many.

    `progress` is told the count every thousand rows; what it raises ends the writing and leaves `target` useless. JSON
    Lines and Parquet are for systems whatever the dialect says: stored values under the columns' keys.
    """
    counted = _Counted(rows, progress)
    WRITERS[Format(format)](counted, columns, dialect, target)
    progress(counted.count)
    return counted.count
