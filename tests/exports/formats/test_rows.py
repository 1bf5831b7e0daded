"""Workbooks, JSON Lines and Parquet, read back by other programs' libraries."""

import io
import json
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pyarrow import parquet

from exports.formats import xlsx
from exports.formats.columns import Column, Dialect, Kind
from exports.formats.kinds import Format, formats
from exports.formats.rows import write
from tests.exports.formats.payloads import FORMULAS, PLAIN
from tests.exports.formats.test_csv import ALL, NAME, PEOPLE, SYSTEMS

AT = datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)
FULL = ("=1+1", "0012", -5, Decimal("1.2500"), Decimal("12.50"), AT, date(1990, 2, 28), True, "paid")
EMPTY = (None,) * len(ALL)


def written(
    kind: Format, rows: Iterable[Sequence[Any]], columns: Sequence[Column] = ALL, dialect: Dialect = PEOPLE
) -> bytes:
    target = io.BytesIO()
    write(kind, rows=rows, columns=columns, dialect=dialect, target=target, progress=lambda _count: None)
    return target.getvalue()


def book(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def cells(data: bytes) -> list[list[Any]]:
    return [list(row) for row in book(data).worksheets[0].iter_rows(values_only=True)]


def test_a_workbook_for_people_has_types_and_words() -> None:
    sheet = book(written(Format.XLSX, [FULL, EMPTY])).worksheets[0]
    assert [cell.value for cell in sheet[1]][5] == "Submitted (Europe/Berlin)"
    assert [cell.value for cell in sheet[2]] == [
        "=1+1",
        "0012",
        -5,
        1.25,
        12.5,
        datetime(2026, 7, 1, 14, 0, 0),  # noqa: DTZ001 - the merchant's clock
        datetime(1990, 2, 28),  # noqa: DTZ001 - a day
        "Yes",
        "Paid, in full",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["s", "s", "n", "n", "n", "d", "d", "s", "s"]
    assert sheet.freeze_panes == "A2"


def test_a_workbook_for_systems_has_keys_and_stored_values() -> None:
    rows = cells(written(Format.XLSX, [FULL], dialect=SYSTEMS))
    assert rows[0][0] == "name"
    assert rows[1][5:] == ["2026-07-01T12:00:00.25Z", datetime(1990, 2, 28), True, "paid"]  # noqa: DTZ001 - a day


@pytest.mark.parametrize("dialect", [PEOPLE, SYSTEMS])
def test_every_formula_is_a_text_in_a_workbook_and_reads_as_it_was_entered(dialect: Dialect) -> None:
    texts = [*FORMULAS, *(text for text in PLAIN if text), "_x0041_", "a\u0001b", "\U0001f381"]
    sheet = book(written(Format.XLSX, [(text,) for text in texts], [NAME], dialect)).worksheets[0]
    found = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in found} == {"s"}
    assert [openpyxl.utils.escape.unescape(cell.value) for cell in found] == texts


def test_days_that_a_workbook_cannot_hold_are_texts() -> None:
    days = [column for column in ALL if column.kind is Kind.DAY]
    data = written(Format.XLSX, [[date(1899, 12, 31)], [date(1900, 3, 1)]], days)
    found = [row[0] for row in book(data).worksheets[0].iter_rows(min_row=2)]
    assert [(cell.data_type, str(cell.value)[:10]) for cell in found] == [("s", "1899-12-31"), ("d", "1900-03-01")]


def test_numbers_that_a_workbook_cannot_hold_are_texts() -> None:
    column = Column("n", "N", Kind.INTEGER, "n")
    assert cells(written(Format.XLSX, [(2**53 + 1,), (2**53,)], [column])) == [["N"], [str(2**53 + 1)], [2**53]]


def test_a_full_sheet_goes_on_in_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 3)
    found = book(written(Format.XLSX, [(str(number),) for number in range(5)], [NAME]))
    assert [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in found.worksheets] == [
        ["Name", "0", "1"],
        ["Name", "2", "3"],
        ["Name", "4"],
    ]


def test_json_lines_hold_stored_values_under_keys() -> None:
    first, second = [json.loads(line) for line in written(Format.JSONL, [FULL, EMPTY]).splitlines()]
    assert first == {
        "name": "=1+1",
        "card": "0012",
        "points": -5,
        "rate": "1.2500",
        "amount": "12.50",
        "at": "2026-07-01T12:00:00.25Z",
        "birthday": "1990-02-28",
        "used": True,
        "status": "paid",
    }
    assert set(second.values()) == {None}


def test_json_lines_have_one_row_a_line_whatever_is_in_it() -> None:
    lines = written(Format.JSONL, [(text,) for text in FORMULAS], [NAME]).decode().split("\n")
    assert [json.loads(line)["name"] for line in lines if line] == list(FORMULAS)


def test_parquet_has_types() -> None:
    table = parquet.read_table(io.BytesIO(written(Format.PARQUET, [FULL, EMPTY])))
    first, second = table.to_pylist()
    assert first == dict(zip([column.key for column in ALL], FULL, strict=True))
    assert set(second.values()) == {None}
    assert str(table.schema.field("at").type) == "timestamp[us, tz=UTC]"


def test_parquet_goes_on_in_groups() -> None:
    data = written(Format.PARQUET, [(str(number),) for number in range(10_001)], [NAME])
    assert parquet.ParquetFile(io.BytesIO(data)).metadata.num_row_groups == 2


def test_without_its_library_parquet_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Format.PARQUET in formats()
    monkeypatch.setattr("exports.formats.kinds.find_spec", lambda _name: None)
    assert Format.PARQUET not in formats()


@pytest.mark.parametrize("kind", [Format.XLSX, Format.JSONL, Format.PARQUET])
def test_no_rows_are_a_file_too_and_are_counted(kind: Format) -> None:
    target = io.BytesIO()
    heard: list[int] = []
    rows = [(str(number),) for number in range(2_500)]
    assert write(kind, rows=[], columns=[NAME], dialect=PEOPLE, target=io.BytesIO(), progress=heard.append) == 0
    assert write(kind, rows=rows, columns=[NAME], dialect=PEOPLE, target=target, progress=heard.append) == 2_500
    assert heard == [0, 1_000, 2_000, 2_500]


@pytest.mark.parametrize("kind", [Format.XLSX, Format.JSONL, Format.PARQUET])
def test_whoever_hears_of_progress_may_stop_and_nothing_lies_about(
    kind: Format, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    rows = [(str(number),) for number in range(2_500)]
    with pytest.raises(KeyboardInterrupt):
        write(kind, rows=rows, columns=[NAME], dialect=PEOPLE, target=io.BytesIO(), progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_rows_are_taken_as_they_come() -> None:
    taken: list[int] = []
    seen: list[int] = []

    def rows() -> Iterator[tuple[str]]:
        for number in range(20_000):
            taken.append(number)
            yield (str(number),)

    target = io.BytesIO()
    write(
        Format.JSONL,
        rows=rows(),
        columns=[NAME],
        dialect=PEOPLE,
        target=target,
        progress=lambda count: seen.append(len(taken) - count),
    )
    assert max(seen) <= 1
