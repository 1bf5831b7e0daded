"""CSV, finished by PostgreSQL: COPY of a query whose expressions are the cells as they stand in the file.

A spreadsheet takes a cell for a formula by its first sign, so in files for people such cells carry an apostrophe. Whoever
opens the file may split it by another separator than it was written with; so the same holds for the sign after a
separator, or after a line break, inside a text.
"""

import csv
import io
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from psycopg import Cursor, sql

from exports.formats.columns import SEPARATORS, Column, Dialect, Kind, header

BOM = "\ufeff"
# What may stand in front of a formula's sign and is passed over by readers.
BLANKS = r" \u00a0\u200b\u3000\ufeff"
# The signs, as letters of a bracket expression; full-width ones are taken for the usual ones in East Asian locales.
SIGNS = r"=+@%|\uff1d\uff0b\uff0d\uff20\-"
CONTROLS = r"\u0001-\u001f\u007f"
HARMFUL = rf"^(?=[{BLANKS}]*[{SIGNS}{CONTROLS}])"
BREAKS = "\r\n"
# PostgreSQL's number of the type.
UUID = 2950
TO_THE_SECOND = len("2026-11-20 13:00:00")
# The numbers are the codes of % + - = @ | . Bytes are compared, not letters of a language: it is the cheapest way.
HARMLESS = """CASE WHEN {whole} THEN CASE
WHEN {text} >= 'A' COLLATE "C" AND {text} < '{{' COLLATE "C" THEN {text}
WHEN {text} >= '0' COLLATE "C" AND {text} < ':' COLLATE "C" OR {text} = '' THEN {text}
WHEN ascii({text}) IN (37, 43, 45, 61, 64, 124) OR {text} ~ {first} THEN '''' || {text} ELSE {text} END
ELSE regexp_replace(regexp_replace({text}, {first}, ''''), {inside}, {put}, 'g') END"""
WHOLE = 'strpos({text}, {sign} COLLATE "C") = 0'


def head(columns: Sequence[Column], dialect: Dialect) -> bytes:
    """Return the first line of the file, with the byte order mark where the dialect asks for one."""
    line = io.StringIO()
    csv.writer(line, delimiter=dialect.separator, lineterminator="\n").writerow(header(columns, dialect))
    return ((BOM if dialect.bom else "") + line.getvalue()).encode()


def session(dialect: Dialect) -> sql.Composed:
    """Return what makes moments cheap to write, for the rest of the transaction; without it they cost more."""
    return sql.SQL("SET LOCAL TIME ZONE {}").format(sql.Literal(dialect.zone))


def ids_of(cursor: Cursor[Any], inner: sql.Composable) -> frozenset[str]:
    """Ask the database which output columns of a query are ids of ours (uuid): no formula can hide in those."""
    cursor.execute(sql.SQL("SELECT * FROM ({}) AS listed LIMIT 0").format(inner))
    return frozenset(column.name for column in cursor.description or () if column.type_code == UUID)


def copy_statement(
    inner: sql.Composable, columns: Sequence[Column], dialect: Dialect, ids: Collection[str] = ()
) -> sql.Composed:
    """Return the COPY of a query whose output, put behind `head`, is the file, byte by byte; lines end with LF.

    `inner` is the query whose output columns the columns' `sql` names; `ids` are those of `ids_of`, whose cells need no
    look. In files for systems NULL is an empty cell and an empty text is a pair of quotes.
    """
    # Written as they are, like whole numbers.
    columns = [replace(column, kind=Kind.INTEGER) if column.sql in ids else column for column in columns]
    names = [sql.Identifier(f"cell_{place}") for place in range(len(columns))]
    named = sql.SQL(", ").join(
        sql.SQL("{} AS {}").format(_raw(column, dialect), name) for column, name in zip(columns, names, strict=True)
    )
    cells = sql.SQL(", ").join(cell(column, name, dialect) for column, name in zip(columns, names, strict=True))
    # OFFSET 0 keeps the two levels apart, so that each value is worked out once however often its cell looks at it.
    return sql.SQL(
        "COPY (SELECT {cells} FROM (SELECT {named} FROM ({inner}) AS listed OFFSET 0) AS named) TO STDOUT {options}"
    ).format(
        cells=cells,
        named=named,
        inner=inner,
        options=sql.SQL("(FORMAT csv, DELIMITER {}, ENCODING 'UTF8')").format(sql.Literal(dialect.separator)),
    )


def _raw(column: Column, dialect: Dialect) -> sql.Composable:
    """Return the expression of a column's values; those that a cell looks at as text are made text here, once."""
    # From code alone, see Column.
    value = sql.SQL(column.sql)
    is_text = column.kind in (Kind.TEXT, Kind.CODE, Kind.CHOICE) and dialect.harmless
    return sql.SQL("({})::text").format(value) if is_text else value


def cell(column: Column, value: sql.Composable, dialect: Dialect) -> sql.Composable:
    """Return the expression of a column's cells as they stand in the file, for the expression of its values."""
    return CELLS[column.kind](value, column, dialect)


def _as_it_is(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    return value


def _text(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    return harmless(value, dialect.separator) if dialect.harmless else value


def _number(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    if dialect.decimal_sign == ".":
        return value
    return sql.SQL("replace(({})::text, '.', {})").format(value, sql.Literal(dialect.decimal_sign))


def _moment(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    if not dialect.harmless:
        return sql.SQL("replace((({}) AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'").format(value)
    # In the session's own zone a moment is written at a third of the price; which zone that is, is asked once a file.
    return sql.SQL(
        "CASE WHEN (SELECT current_setting('TimeZone') = {zone}) THEN left(({value})::text, {long})"
        " ELSE left((({value}) AT TIME ZONE {zone})::text, {long}) END"
    ).format(value=value, zone=sql.Literal(dialect.zone), long=sql.Literal(TO_THE_SECOND))


def _yes_no(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    if not dialect.harmless:
        return sql.SQL("({})::text").format(value)
    words = {"value": value, "yes": sql.Literal(_("Yes")), "no": sql.Literal(_("No"))}
    return sql.SQL("CASE WHEN {value} THEN {yes} WHEN NOT {value} THEN {no} END").format(**words)


def _choice(value: sql.Composable, column: Column, dialect: Dialect) -> sql.Composable:
    if not dialect.harmless or not column.choices:
        return _text(value, column, dialect)
    pairs = [
        sql.SQL("WHEN {} THEN {}").format(sql.Literal(stored), sql.Literal(str(label)))
        for stored, label in column.choices
    ]
    rest = harmless(value, dialect.separator)
    return sql.SQL("CASE {} {} ELSE {} END").format(value, sql.SQL(" ").join(pairs), rest)


CELLS: dict[Kind, Callable[[sql.Composable, Column, Dialect], sql.Composable]] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.INTEGER: _as_it_is,
    Kind.DECIMAL: _number,
    Kind.MONEY: _number,
    Kind.MOMENT: _moment,
    Kind.DAY: _as_it_is,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
}


def harmless(value: sql.Composable, separator: str) -> sql.Composed:
    """Return the expression of a text that no spreadsheet takes for a formula; NULL stays NULL.

    Nearly every text begins with a letter or a digit and has neither another file's separator nor a line break inside:
    that is found out without a regular expression, which costs ten times as much.
    """
    others = [sign for sign in (*SEPARATORS, *BREAKS) if sign != separator]
    inside = "([{}])(?=[\"'{}]*[{}])".format("".join(_escaped(sign) for sign in others), BLANKS, SIGNS)
    return sql.SQL(HARMLESS).format(
        whole=sql.SQL(" AND ").join(sql.SQL(WHOLE).format(text=value, sign=sql.Literal(one)) for one in others),
        text=value,
        first=sql.Literal(HARMFUL),
        inside=sql.Literal(inside),
        put=sql.Literal(r"\1" + "'"),
    )


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}"
