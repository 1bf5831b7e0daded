"""Reading workbooks (.xlsx) of unknown origin row by row, in little memory: values only, nothing is worked out.

A workbook is a ZIP of XML. What could do harm is refused before it is unpacked: archives that grow out of proportion,
document types (and with them entities), sheets of absurd width. Formulas count as the value that was saved with them.
"""

import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Context, Decimal, InvalidOperation
from pathlib import Path

from django.utils.translation import gettext as _

from claims_center.imports.xmlstream import BadXml, attribute, elements
from claims_center.imports.zipsafety import check_archive
from tenancy.imports.contract import FileRefused, Problem

ZIP = b"PK\x03\x04"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_SHEETS = 10
MOST_COLUMNS = 1_000
LONGEST_CELL = 32_767
# A spreadsheet keeps fifteen digits of a number; what is longer has lost its end.
DIGITS = 15
SHEET = Context(prec=DIGITS)
EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet's days have no zone
DATE_FORMATS = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
# A number of thousands of digits is a ValueError, a way of packing that we have not a NotImplementedError.
BROKEN = (zipfile.BadZipFile, OSError, EOFError, KeyError, BadXml, zlib.error, RuntimeError, ValueError)

Rows = Iterator[tuple[int, list[str]]]


def is_workbook(path: Path) -> bool:
    """Say whether this is a workbook. Raises FileRefused for an old or locked one, and for any other archive."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == OLD:
        raise _refused(_("This is an old or locked workbook. Save it as .xlsx without a password, or as CSV."))
    if not start.startswith(ZIP):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _refused(_("This is not a text file, and as a workbook it is damaged.")) from error
    if "xl/workbook.xml" not in names:
        raise _refused(_("This is not a text file but a ZIP archive. Unpack it and upload the report inside."))
    return True


def sheets(path: Path) -> Iterator[Rows]:
    """Yield the sheets of a workbook in their order, each as (row number, cells). Raises FileRefused.

    Dates come as ISO text, numbers with a decimal point, whole ones without. A sheet is read while it is looped over.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(archive)
            book = _Book(archive)
            for part in book.parts[:MOST_SHEETS]:
                yield _guarded(book, part)
    except BROKEN as error:
        raise _refused(_("The workbook is damaged.")) from error


def _guarded(book: "_Book", part: str) -> Rows:
    try:
        yield from book.rows(part)
    except BROKEN as error:
        raise _refused(_("The workbook is damaged.")) from error


class _Book:
    """A workbook's parts: where its sheets are, its shared texts, which styles are dates."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.names = set(archive.namelist())
        self.epoch = EPOCH
        self.parts = self._sheet_parts()
        self.texts = self._shared_texts()
        self.dates = self._date_styles()

    def rows(self, part: str) -> Rows:
        """Yield the rows of one sheet, each as wide as its last cell."""
        number = 0
        cells: list[str] = []
        with self.archive.open(part) as file:
            cell = _Cell()
            for event in elements(file):
                if event.opens and event.name == "row":
                    number, cells = _row_number(event.attributes, number), []
                elif event.name == "row":
                    yield number, cells
                elif event.opens and event.name == "c":
                    cell = _Cell(attribute(event, "r"), attribute(event, "t"), attribute(event, "s"))
                elif event.name == "f":
                    cell.is_formula = True
                elif event.name in ("v", "t") and not event.opens:
                    cell.text += event.text
                elif event.name == "c":
                    _put(cells, _column(cell.place, len(cells)), self._value(cell, number))

    def _sheet_parts(self) -> list[str]:
        targets = {}
        with self.archive.open("xl/_rels/workbook.xml.rels") as file:
            for event in elements(file):
                if event.opens and event.name == "Relationship":
                    targets[attribute(event, "Id")] = attribute(event, "Target")
        found = []
        with self.archive.open("xl/workbook.xml") as file:
            for event in elements(file):
                if event.opens and event.name == "workbookPr" and attribute(event, "date1904") in ("1", "true"):
                    self.epoch = EPOCH_1904
                if event.opens and event.name == "sheet" and attribute(event, "state") in ("", "visible"):
                    found.append(_part(targets.get(attribute(event, "id"), "")))
        return [part for part in found if part in self.names]

    def _shared_texts(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self.names:
            return []
        texts: list[str] = []
        pieces: list[str] = []
        spoken = 0
        with self.archive.open("xl/sharedStrings.xml") as file:
            for event in elements(file):
                # How a Japanese text is pronounced stands beside it and is not part of it.
                spoken += (1 if event.opens else -1) if event.name == "rPh" else 0
                if event.name == "t" and not event.opens and not spoken:
                    pieces.append(event.text)
                elif event.name == "si" and not event.opens:
                    texts.append("".join(pieces)[:LONGEST_CELL])
                    pieces.clear()
        return texts

    def _date_styles(self) -> set[str]:
        if "xl/styles.xml" not in self.names:
            return set()
        own, found, inside, position = set(), set(), False, 0
        with self.archive.open("xl/styles.xml") as file:
            for event in elements(file):
                if event.name == "cellXfs":
                    inside = event.opens
                elif event.opens and event.name == "numFmt" and _shows_a_date(attribute(event, "formatCode")):
                    own.add(attribute(event, "numFmtId"))
                elif event.opens and event.name == "xf" and inside:
                    kind = attribute(event, "numFmtId")
                    if kind in own or (kind.isdecimal() and int(kind) in DATE_FORMATS):
                        found.add(str(position))
                    position += 1
        return found

    def _value(self, cell: "_Cell", row: int) -> str:
        if cell.is_formula and not cell.text and cell.kind != "str":
            text = _(
                "Cell %(cell)s holds a formula without its value. Open the workbook, save it, and upload it again."
            )
            raise FileRefused([Problem(row, text % {"cell": cell.place})])
        if cell.kind == "s":
            place = int(cell.text) if cell.text.isdecimal() else -1
            return self.texts[place] if 0 <= place < len(self.texts) else ""
        if cell.kind in ("str", "inlineStr", "e", "d"):
            return cell.text[:LONGEST_CELL].removesuffix("T00:00:00")
        if cell.kind == "b":
            return "TRUE" if cell.text == "1" else "FALSE"
        return _number(cell.text, epoch=self.epoch if cell.style in self.dates else None)


class _Cell:
    """What is known of the cell that is being read."""

    def __init__(self, place: str = "", kind: str = "", style: str = "") -> None:
        self.place, self.kind, self.style = place, kind, style
        self.text, self.is_formula = "", False


def _number(text: str, *, epoch: datetime | None) -> str:
    if not text:
        return ""
    try:
        found = Decimal(text)
        if epoch is not None:
            at = epoch + timedelta(seconds=round(float(found) * 86_400))
            return at.date().isoformat() if at.time() == at.min.time() else at.isoformat(" ")
    except (InvalidOperation, OverflowError, ValueError):
        return text
    if not found.is_finite() or found.adjusted() >= DIGITS or found.adjusted() < -DIGITS:
        # Its last digits are lost: whoever needs the number sees that it was shortened.
        return f"{found:.5E}"
    # What lies behind the fifteenth digit is an echo of how numbers are kept: 49.950000000000003 is 49.95.
    return format(SHEET.plus(found).normalize(), "f")


def _row_number(attributes: dict[str, str], before: int) -> int:
    given = attributes.get("r", "")
    return int(given) if given.isdecimal() and len(given) < 8 else before + 1  # noqa: PLR2004 - a million rows at most


def _column(place: str, following: int) -> int:
    """Return a cell's column from its name ("C7" is 2); a cell without a name follows the one before."""
    letters = "".join(char for char in place if "A" <= char <= "Z")[:4]
    if not letters:
        return following
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found - 1


def _put(cells: list[str], column: int, value: str) -> None:
    if not value:
        return
    if column >= MOST_COLUMNS:
        raise _refused(_("A sheet of this workbook is wider than any order report."))
    cells.extend([""] * (column + 1 - len(cells)))
    cells[column] = value


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shows_a_date(code: str) -> bool:
    """Say whether a number format of the workbook's own shows a date: days or years outside quotes and brackets."""
    bare, quoted, bracketed = [], False, False
    for char in code:
        quoted ^= char == '"'
        bracketed = char == "[" or (bracketed and char != "]")
        if not quoted and not bracketed:
            bare.append(char.lower())
    return bool({"d", "y"} & set(bare))


def _refused(reason: str) -> FileRefused:
    return FileRefused([Problem(0, reason)])
