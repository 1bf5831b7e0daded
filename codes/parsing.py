"""Reading a file of codes: whatever a spreadsheet or an editor saved, or a plain sentence about what is wrong."""

import codecs
import csv
import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from codes.errors import FileRefused, LineError
from codes.normalise import MAX_LENGTH, value_norm

MAX_BYTES = 10 * 1024 * 1024
MAX_CODES = 200_000
HEADERS = frozenset({"code", "codes", "coupon", "coupon code", "voucher", "voucher code", "value"})
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code as it stands in the file, and in which line."""

    line: int
    value: str
    norm: str


def read_codes(data: bytes) -> list[FoundCode]:
    """Return the codes of a file in their order, as `scan` finds them; raise FileRefused with every line that is wrong."""
    found, errors = scan(data)
    if errors:
        raise FileRefused(errors)
    return found


def scan(data: bytes) -> tuple[list[FoundCode], list[LineError]]:
    """Return the codes of a CSV or text file in their order, and what is wrong with its other lines.

    Understands UTF-8 with or without a byte order mark, UTF-16 and Windows-1252; one code a line, or a table whose
    header names a column `code`. Raises FileRefused for a file that is no list of codes at all.
    """
    if len(data) > MAX_BYTES:
        refuse(_("The file is larger than %(size)s MB. Split it into smaller ones.") % {"size": MAX_BYTES // 2**20})
    found, errors = _checked(_column(_rows(_text(data))))
    if not found and not errors:
        refuse(_("There is no code in this file."))
    return found, errors


def refuse(text: str, line: int = 0) -> None:
    """Refuse the file for one reason."""
    raise FileRefused([LineError(line, text)])


def _text(data: bytes) -> str:
    encoding = next((name for mark, name in BOMS if data.startswith(mark)), "") or _guess(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = _windows(data)
    if "\x00" in text:
        refuse(_("This is not a text file: it holds NUL bytes."), text[: text.index("\x00")].count("\n") + 1)
    return text


def _guess(data: bytes) -> str:
    # UTF-16 without a mark: every other byte of plain letters is nought.
    start = data[:2000]
    if start and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if start and start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8"


def _windows(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused([LineError(line, _("This is not a text file. Save it as CSV in UTF-8."))]) from error


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Return (line number, cells) of every line that is not empty."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((sign for sign in ("\t", ";", ",") if sign in first), ",")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        for cells in reader:
            cleaned = [cell.strip() for cell in cells]
            if any(cleaned):
                rows.append((reader.line_num, cleaned))
            if len(rows) > MAX_CODES + 1:
                refuse(_("There are more than %(count)s codes. Split the file.") % {"count": f"{MAX_CODES:,}"})
    except csv.Error as error:
        raise FileRefused([LineError(reader.line_num, _("This line cannot be read as CSV."))]) from error
    return rows


def _column(rows: list[tuple[int, list[str]]]) -> list[tuple[int, str]]:
    """Pick the column of codes: the one named in the header, or the only one."""
    if not rows:
        return []
    names = [name.lower().lstrip("\ufeff") for name in rows[0][1]]
    header = next((index for index, name in enumerate(names) if name in HEADERS), None)
    if header is not None:
        return [(line, cells[header] if header < len(cells) else "") for line, cells in rows[1:]]
    wide = next((line for line, cells in rows if len([cell for cell in cells if cell]) > 1), None)
    if wide is not None:
        refuse(_("There is more than one column. Name the one that holds the codes “code” in the first line."), wide)
    return [(line, next(cell for cell in cells if cell)) for line, cells in rows]


def _checked(column: list[tuple[int, str]]) -> tuple[list[FoundCode], list[LineError]]:
    errors: list[LineError] = []
    first_line: dict[str, int] = {}
    found: list[FoundCode] = []
    for line, value in column:
        norm = value_norm(value)
        wrong = _wrong(value, norm)
        if not wrong and norm in first_line:
            wrong = _("The same code stands in line %(line)s already.") % {"line": first_line[norm]}
        if wrong:
            errors.append(LineError(line, wrong))
            continue
        first_line[norm] = line
        found.append(FoundCode(line, value, norm))
    return found, errors


def _wrong(value: str, norm: str) -> str:
    if not norm:
        return _("There is no code in this line.")
    if len(value) > MAX_LENGTH or len(norm) > MAX_LENGTH:
        return ngettext(
            "This code is longer than %(count)s character.",
            "This code is longer than %(count)s characters.",
            MAX_LENGTH,
        ) % {"count": MAX_LENGTH}
    if not value.isprintable():
        return _("This code holds a character that cannot be printed.")
    return ""
