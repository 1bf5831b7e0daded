"""Files that COPY writes: what stands in their cells, for people and for systems."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from psycopg import sql

from exports.formats.columns import SEPARATORS, Column, Dialect, Kind, header
from exports.formats.csv import copy_statement, head, ids_of, session
from tests.exports.formats.payloads import FORMULAS, PLAIN

pytestmark = pytest.mark.django_db

PEOPLE = Dialect(zone="Europe/Berlin")
SYSTEMS = Dialect(harmless=False, zone="Europe/Berlin")
NAME = Column("name", "Name", Kind.TEXT, "x_name")
SIGNS = "=+-@%|\uff1d\uff0b\uff0d\uff20"
BLANKS = " \u00a0\u200b\u3000\ufeff"
ALL = (
    NAME,
    Column("card", "Card", Kind.CODE, "x_card"),
    Column("points", "Points", Kind.INTEGER, "x_points"),
    Column("rate", "Rate", Kind.DECIMAL, "x_rate"),
    Column("amount", "Amount", Kind.MONEY, "x_amount"),
    Column("at", "Submitted", Kind.MOMENT, "x_at"),
    Column("birthday", "Birthday", Kind.DAY, "x_birthday"),
    Column("used", "Used", Kind.YES_NO, "x_used"),
    Column("status", "Status", Kind.CHOICE, "x_status", choices=(("new", "New"), ("paid", "Paid, in full"))),
)
ONE = """SELECT 'Ada; Novak' AS x_name, '0012'::text AS x_card, -5 AS x_points, 1.2500 AS x_rate, 12.50 AS x_amount,
'2026-07-01 12:00:00.25+00'::timestamptz AS x_at, '1990-02-28'::date AS x_birthday, TRUE AS x_used, 'paid' AS x_status"""
NONE = """SELECT NULL::text AS x_name, NULL::uuid AS x_card, NULL::int AS x_points, NULL::numeric AS x_rate,
NULL::numeric AS x_amount, NULL::timestamptz AS x_at, NULL::date AS x_birthday, NULL::bool AS x_used,
NULL::text AS x_status"""


def file_of(inner: sql.Composable, columns: Sequence[Column], dialect: Dialect) -> bytes:
    with connection.cursor() as cursor, cursor.cursor.copy(copy_statement(inner, columns, dialect)) as copy:
        return head(columns, dialect) + b"".join(copy)


def texts(values: Sequence[str]) -> sql.Composable:
    return sql.SQL("SELECT unnest({}::text[]) AS x_name").format(sql.Literal(list(values)))


def read(data: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=separator))


def is_formula(cell: str) -> bool:
    return cell.lstrip(BLANKS + "\t\r\n")[:1] in tuple(SIGNS) or cell[:1] in ("\t", "\r", "\n")


def row_of(dialect: Dialect, query: str = ONE) -> list[str]:
    return read(file_of(sql.SQL(query), ALL, dialect), dialect.separator)[1]


def test_people_read_words_and_their_own_clock() -> None:
    found = row_of(PEOPLE)
    clock = "2026-07-01 14:00:00"
    assert found == ["Ada; Novak", "0012", "-5", "1.2500", "12.50", clock, "1990-02-28", "Yes", "Paid, in full"]


def test_systems_read_stored_values() -> None:
    found = row_of(SYSTEMS)
    moment = "2026-07-01T12:00:00.25Z"
    assert found == ["Ada; Novak", "0012", "-5", "1.2500", "12.50", moment, "1990-02-28", "true", "paid"]


@pytest.mark.parametrize("dialect", [PEOPLE, SYSTEMS])
def test_what_is_not_known_is_an_empty_cell(dialect: Dialect) -> None:
    assert row_of(dialect, NONE) == [""] * len(ALL)


def test_titles_name_the_zone_of_their_moments_and_systems_get_keys() -> None:
    assert header(ALL, PEOPLE)[4:6] == ["Amount", "Submitted (Europe/Berlin)"]
    assert header(ALL, SYSTEMS)[4:6] == ["amount", "at"]


def test_a_dialect_has_its_separator_decimal_sign_and_mark() -> None:
    dialect = Dialect(separator=";", decimal_sign=",", bom=True, zone="UTC")
    data = file_of(sql.SQL(ONE), ALL, dialect)
    assert data.startswith(b"\xef\xbb\xbfName;Card;")
    assert read(data, ";")[1][:5] == ["Ada; Novak", "0012", "-5", "1,2500", "12,50"]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_no_formula_survives_for_people_whatever_separator_it_is_read_with(separator: str) -> None:
    data = file_of(texts(FORMULAS), [NAME], Dialect(separator=separator))
    assert len(FORMULAS) == 200
    for reader in SEPARATORS:
        assert [cell for row in read(data, reader) for cell in row if is_formula(cell)] == []


def test_a_reader_that_knows_the_apostrophe_gets_every_formula_back() -> None:
    rows = read(file_of(texts(FORMULAS), [NAME], PEOPLE))[1:]
    assert [row[0].replace("'", "") for row in rows] == [text.replace("'", "") for text in FORMULAS]


def test_without_the_apostrophe_the_same_check_finds_formulas() -> None:
    rows = read(file_of(texts(FORMULAS), [NAME], SYSTEMS))
    assert sum(is_formula(row[0]) for row in rows) > 180


@pytest.mark.parametrize("separator", SEPARATORS)
def test_systems_read_every_text_as_it_was_entered(separator: str) -> None:
    values = [*FORMULAS, *PLAIN, "'already", "a\\.b", "\\.", "line\nbreak", "tab\there", "\u20ac \U0001f381"]
    data = file_of(texts(values), [NAME], Dialect(separator=separator, harmless=False))
    assert [row[0] if row else "" for row in read(data, separator)[1:]] == values


def test_usual_texts_are_left_alone() -> None:
    rows = read(file_of(texts(PLAIN), [NAME], PEOPLE))[1:]
    assert [row[0] if row else "" for row in rows] == list(PLAIN)


@pytest.mark.parametrize("kind", [Kind.TEXT, Kind.CODE, Kind.CHOICE])
def test_no_kind_with_words_in_it_lets_a_formula_through(kind: Kind) -> None:
    column = Column("x", "X", kind, "x_name", choices=(("new", "New"),))
    data = file_of(texts(["=1+1", "+49 170 1234567", "new"]), [column], PEOPLE)
    assert [row[0] for row in read(data)[1:]][:2] == ["'=1+1", "'+49 170 1234567"]


def test_columns_of_ids_are_told_by_the_database() -> None:
    inner = sql.SQL("SELECT '0192f0c0-0000-7000-8000-000000000001'::uuid AS x_id, '=1+1' AS x_name")
    columns = [Column("id", "Id", Kind.CODE, "x_id"), NAME]
    with connection.cursor() as cursor:
        ids = ids_of(cursor.cursor, inner)
        with cursor.cursor.copy(copy_statement(inner, columns, PEOPLE, ids)) as copy:
            found = b"".join(copy)
    assert (ids, found) == (frozenset({"x_id"}), b"0192f0c0-0000-7000-8000-000000000001,'=1+1\n")


def test_the_session_s_zone_makes_no_difference() -> None:
    first = file_of(sql.SQL(ONE), ALL, PEOPLE)
    with connection.cursor() as cursor:
        cursor.cursor.execute(session(PEOPLE))
    assert file_of(sql.SQL(ONE), ALL, PEOPLE) == first


def test_ids_are_cells_too() -> None:
    inner = sql.SQL("SELECT '0192f0c0-0000-7000-8000-000000000001'::uuid AS x_name")
    column = Column("id", "Id", Kind.CODE, "x_name")
    found: list[Any] = [read(file_of(inner, [column], dialect))[1] for dialect in (PEOPLE, SYSTEMS)]
    assert found == [["0192f0c0-0000-7000-8000-000000000001"]] * 2
