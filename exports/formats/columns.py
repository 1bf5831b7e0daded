"""What a file's column is, and how the cells of a file are written."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

# Promise-like titles of gettext_lazy, or plain words.
Words = Any


class Kind(enum.Enum):
    """What stands in a column's cells, which decides how each format writes them."""

    # Anything that somebody typed: the only kinds that can hold a formula are this one and CODE.
    TEXT = "text"
    # Order numbers, card numbers, voucher codes, ids: text even where it is made of digits.
    CODE = "code"
    INTEGER = "integer"
    DECIMAL = "decimal"
    # An amount without its currency, which stands in a column of its own.
    MONEY = "money"
    # A moment with its time zone (timestamptz).
    MOMENT = "moment"
    DAY = "day"
    YES_NO = "yes_no"
    # One of a few stored values: systems get the value, people its label.
    CHOICE = "choice"


KIND_WORDS: dict[Kind, Words] = {
    Kind.TEXT: _("Text"),
    Kind.CODE: _("Code: text, even where it is made of digits"),
    Kind.INTEGER: _("Whole number"),
    Kind.DECIMAL: _("Decimal number"),
    Kind.MONEY: _("Amount; its currency has a column of its own"),
    Kind.MOMENT: _("Date and time"),
    Kind.DAY: _("Day"),
    Kind.YES_NO: _("Yes or no"),
    Kind.CHOICE: _("One of a few values"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a dataset.

    `key` is its lower snake name, the header of files for systems; `title` its name in the reader's language, the
    header of files for people. `sql` is an expression over the rows of the query that draws the list, addressing them
    by the names of its output columns; it comes from code alone, never from a request. `about` is the column's line in
    the data dictionary. `choices` are the stored values of a CHOICE with their labels.
    """

    key: str
    title: Words
    kind: Kind
    sql: str
    about: Words = ""
    choices: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the cells of a file are written.

    With `harmless` the file is for people and spreadsheets: titles and labels in words, moments as the clock of `zone`
    showed them, to the second, and cells that a spreadsheet would take for a formula carry an apostrophe. Without it
    the file is for systems: keys and stored values, moments in UTC (ISO 8601), every text as it was entered.
    `zone` is the merchant's, an IANA name. `bom` puts a byte order mark in front of a CSV.
    """

    separator: str = ","
    decimal_sign: str = "."
    bom: bool = False
    harmless: bool = True
    zone: str = "UTC"


SEPARATORS: dict[str, Words] = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab"), "|": _("Vertical bar")}
DECIMAL_SIGNS: dict[str, Words] = {".": _("Point"), ",": _("Comma")}


def header(columns: Sequence[Column], dialect: Dialect) -> list[str]:
    """Return the words above a file's columns: titles for people, with the zone of moments, and keys for systems."""
    if not dialect.harmless:
        return [column.key for column in columns]
    return [_title(column, dialect.zone) for column in columns]


def _title(column: Column, zone: str) -> str:
    return f"{column.title} ({zone})" if column.kind is Kind.MOMENT else str(column.title)
