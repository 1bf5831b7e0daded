"""Whatever is uploaded is read or refused in a sentence; nothing is ever taken wrongly without a word."""

import contextlib
import gzip
import zoneinfo
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims_center.imports.reading import read_orders
from claims_center.imports.rows import ReadOrder
from claims_center.matching import LONGEST, comparable, last_group, numbers_of
from tenancy.imports.contract import FileRefused
from tenancy.imports.values import BadValue, amount, count, day, moment, money
from tests.claims_center import report_files as files
from tests.claims_center.factories import NOW
from tests.claims_center.reports import ROW, amazon_report, plain_csv
from tests.support.searching import examples

ZONE = zoneinfo.ZoneInfo("Europe/Berlin")
QUICK = examples(120)
REPORTS = [
    amazon_report(ROW, ROW | {"sku": "BB-FIL-100"}),
    files.ebay(files.EBAY_ONE, files.EBAY_TOTALS, files.EBAY_FIRST, files.EBAY_SECOND),
    files.german(files.GERMAN_ONE),
    files.etsy_orders(),
    files.etsy_items(),
    files.walmart(files.walmart_row()),
    plain_csv("1042,amazon,2026-11-01,BB-KET-09,,1,9.99,USD,shipped"),
    files.workbook(list(files.WALMART_HEADER.split(",")), ["108800000000001", "200012345678901", "2026-11-10"]),
]
NASTY = st.sampled_from(["", '"', "'", "\t", ";", ",", "\n", "\r\n", "\x00", "\ufeff", "=1+1", "²", "٣", "--", "\x85"])
TEXT = st.one_of(st.text(max_size=60), NASTY, st.sampled_from(["12-34567-89012", "$1,2", "1e999", "NaN", "Feb-30-26"]))


def read(content: bytes) -> list[ReadOrder] | None:
    """Read a file; None where it is refused with reasons."""
    with NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        try:
            found = read_orders(Path(file.name), now=NOW, zone=ZONE)
        except FileRefused as refusal:
            found, problems = None, refusal.problems
    if found is None:
        assert problems
        assert all(problem.reason and problem.line >= 0 for problem in problems)
        return None
    with closing(found):
        return [order for portion in found.portions(7) for order in portion]


def holds(orders: list[ReadOrder]) -> None:
    """What every order that was taken holds, so that the database takes it too."""
    for order in orders:
        columns = order.columns()
        assert order.ordered_at is not None
        assert datetime(1994, 1, 1, tzinfo=UTC) <= order.ordered_at
        assert 0 < len(str(columns["number_norm"])) <= LONGEST
        assert len(order.currency) in (0, 3)
        assert len(order.country) in (0, 2)
        assert order.amount is None or 0 <= order.amount < Decimal(10) ** 12
        for item in order.items.values():
            assert 0 <= item.quantity <= 10**8
            assert "\x00" not in item.title
            assert (len(item.sku) <= 80, len(item.listing_id) <= 40, len(item.title) <= 500) == (True, True, True)


@QUICK
@given(st.binary(max_size=2000))
def test_answer_any_bytes(content: bytes) -> None:
    found = read(content)

    assert found is None


@QUICK
@given(st.sampled_from(REPORTS), st.data())
def test_answer_damaged_reports(report: bytes, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(report)))
    length = data.draw(st.integers(0, 40))
    new = data.draw(st.one_of(st.binary(max_size=40), TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))))

    found = read(report[:start] + new + report[start + length :])

    holds(found or [])


@QUICK
@given(st.sampled_from([1, 2, 3]), st.lists(TEXT, max_size=30))
def test_answer_rows_of_anything(which: int, cells: list[str]) -> None:
    header = REPORTS[which].decode("utf-8-sig").splitlines()[1]
    delimiter = ";" if which == 2 else ","
    row = delimiter.join(cells)

    found = read(f"{header}\n{row}\n".encode("utf-8", "replace"))

    holds(found or [])


@QUICK
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**15 - 1),
            st.text("ABC -", max_size=12),
            st.integers(1, 999),
            st.decimals(0, 9999, places=2),
        ),
        min_size=1,
        max_size=20,
        unique_by=lambda row: row[0],
    )
)
def test_give_back_what_a_good_report_says(rows: list[tuple[int, str, int, Decimal]]) -> None:
    orders = [f"111-{n // 10**7 % 10**7:07d}-{n % 10**7:07d}" for n, *_rest in rows]
    report = amazon_report(
        *(
            ROW | {"amazon-order-id": order, "sku": sku, "quantity": str(pieces), "item-price": str(price)}
            for order, (_n, sku, pieces, price) in zip(orders, rows, strict=True)
        )
    )

    found = read(report)

    assert found is not None
    assert [order.number for order in found] == list(dict.fromkeys(orders))
    assert sum(item.quantity for order in found for item in order.items.values()) == sum(row[2] for row in rows)
    assert sum(order.amount or 0 for order in found) == sum(row[3] for row in rows)


@QUICK
@given(st.text(max_size=80))
def test_read_values_or_say_why_not(text: str) -> None:
    for function in (
        lambda: moment(text, "x", now=NOW),
        lambda: day(text, "x", now=NOW, zone=ZONE, slashes=True),
        lambda: amount(text, "x"),
        lambda: money(text, "x"),
        lambda: money(text, "x", comma=True),
        lambda: count(text, "x", default=1),
    ):
        with contextlib.suppress(BadValue):
            function()


@QUICK
@given(st.decimals(0, 10**9, places=2), st.sampled_from(["$", "£", "€", "US $", "AU $", "C $", "EUR "]))
def test_read_money_as_it_is_written(value: Decimal, sign: str) -> None:
    english, german = f"{sign}{value:,.2f}", f"{value:,.2f} €".translate(str.maketrans(",.", ".,"))

    assert money(english, "x")[0] == value
    assert money(german, "x", comma=True) == (value, "EUR")


@pytest.mark.parametrize("text", ["1.433", "12,34", "1,43", "1,2345", "$", "1.2.3", "1,000,00", "5 5", "0x10", "1e3"])
def test_refuse_money_that_may_mean_another_amount(text: str) -> None:
    with pytest.raises(BadValue):
        money(text, "x")


@QUICK
@given(st.text(max_size=200))
def test_compare_any_typing(typed: str) -> None:
    numbers = numbers_of(typed)

    assert all(number == comparable(number) and 4 <= len(number) <= LONGEST for number in numbers)
    assert len(last_group(typed)) <= 8


@QUICK
@given(st.binary(max_size=300))
def test_answer_damaged_archives(content: bytes) -> None:
    assert read(b"\x1f\x8b" + content) is None
    assert read(b"PK\x03\x04" + content) is None
    packed = gzip.compress(REPORTS[1])
    holds(read(packed[: len(content)] + content + packed[len(content) * 2 :]) or [])
