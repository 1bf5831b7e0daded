"""What a real spreadsheet makes of our files. REQUIRE_OFFICE=1 makes its absence an error."""

import io
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exports.formats.columns import Dialect
from exports.formats.kinds import Format
from tests.exports.formats.payloads import FORMULAS
from tests.exports.formats.test_csv import NAME, file_of, read, texts
from tests.exports.formats.test_rows import written

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
# Comma, semicolon, tab and bar all separate, " holds texts together, UTF-8, cells are what they look like: nobody who
# opens a file by a double click can be worse off.
FILTER = "CSV:44/59/9/124,34,76,1,,0,false,true,false"


@pytest.fixture
def office() -> str:
    if OFFICE:
        return OFFICE
    if os.environ.get("REQUIRE_OFFICE") == "1":
        pytest.fail("REQUIRE_OFFICE=1, and there is no LibreOffice on this machine.")
    pytest.skip("No LibreOffice found (REQUIRE_OFFICE=1 makes this an error).")


def opened(office: str, *paths: Path) -> list[list[Any]]:
    """The cells of each file as the spreadsheet has them after opening it and saving it as a workbook."""
    folder = paths[0].parent
    command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    if paths[0].suffix == ".csv":
        command += [f"--infilter={FILTER}"]
    subprocess.run(
        [*command, "--outdir", f"{folder}/out", *map(str, paths)], check=True, timeout=120, capture_output=True
    )
    books = [openpyxl.load_workbook(io.BytesIO((folder / "out" / f"{path.stem}.xlsx").read_bytes())) for path in paths]
    return [[cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row if cell.value] for book in books]


def test_no_cell_of_a_csv_for_people_is_a_formula(office: str, tmp_path: Path) -> None:
    people, systems = tmp_path / "people.csv", tmp_path / "systems.csv"
    people.write_bytes(file_of(texts(FORMULAS), [NAME], Dialect()))
    systems.write_bytes(file_of(texts(FORMULAS), [NAME], Dialect(harmless=False)))

    harmless, raw = opened(office, people, systems)

    assert [cell.value for cell in harmless if cell.data_type == "f"] == []
    assert len(harmless) >= len(FORMULAS)
    # The same look at what is meant for systems finds them: it does not overlook any by its nature.
    assert sum(cell.data_type == "f" for cell in raw) > 0
    assert [row[0] for row in read(systems.read_bytes())[1:]] == list(FORMULAS)


def test_no_cell_of_a_workbook_is_a_formula_and_each_reads_as_it_was_entered(office: str, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(written(Format.XLSX, [(text,) for text in FORMULAS], [NAME]))

    (found,) = opened(office, path)

    assert {cell.data_type for cell in found} == {"s"}
    assert [plain(cell.value) for cell in found] == [plain(text) for text in FORMULAS]


def plain(text: str) -> str:
    """A text without the ways in which the spreadsheet writes line breaks and controls."""
    unescaped: str = openpyxl.utils.escape.unescape(text)
    return " ".join(unescaped.split())
