"""JSON Lines: one object a row, under the columns' keys."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO

from exports.formats.columns import Column, Dialect, Kind
from exports.formats.values import moment_text, plain

# JSON's numbers are read as floating point by many: amounts are text, as in the API.
CONVERTERS: dict[Kind, Callable[[Any], Any]] = {
    Kind.TEXT: plain,
    Kind.CODE: plain,
    Kind.CHOICE: plain,
    Kind.INTEGER: int,
    Kind.DECIMAL: str,
    Kind.MONEY: str,
    Kind.MOMENT: moment_text,
    Kind.DAY: str,
    Kind.YES_NO: bool,
}


def write_jsonl(rows: Iterable[Sequence[Any]], columns: Sequence[Column], dialect: Dialect, target: BinaryIO) -> None:
    """Write the rows; an empty value is null."""
    fields = [(column.key, CONVERTERS[column.kind]) for column in columns]
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        found = {
            key: None if value is None else convert(value) for (key, convert), value in zip(fields, row, strict=True)
        }
        target.write(encode(found).encode() + b"\n")
