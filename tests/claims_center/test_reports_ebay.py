"""eBay's Orders report, American, British and German, as it is downloaded."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from claims_center.models import Order
from tests.claims_center import report_files as files
from tests.claims_center.reports_kit import bring, reasons

__all__ = ["bring"]


def test_read_an_order_of_one_item_and_one_of_several(bring: Any) -> None:
    done = bring(files.ebay(files.EBAY_ONE, files.EBAY_TOTALS, files.EBAY_FIRST, files.EBAY_SECOND))

    assert (done.added, done.changed, done.skipped) == (2, 0, 0)
    one, several = Order.objects.order_by("number")
    assert (one.marketplace, one.number, one.number_norm, one.last_group) == (
        "ebay",
        "12-34567-89012",
        "123456789012",
        "89012",
    )
    assert (one.status, one.amount, one.currency, one.buyer_name, one.country) == (
        "shipped",
        Decimal("57.99"),
        "USD",
        "Smith, Pat",
        "US",
    )
    assert one.items.get().title == 'Kettle, "gooseneck"'
    assert (several.status, several.amount, several.item_count, several.buyer_name) == (
        "open",
        Decimal("1463.66"),
        3,
        "Lee, Ann",
    )
    assert set(several.items.values_list("listing_id", "sku", "quantity", "amount")) == {
        ("335001234567", "BB-KET-09", 2, Decimal("30.00")),
        ("335001234599", "BB-MAC-01", 1, Decimal("1433.66")),
    }


@pytest.mark.parametrize(
    "above", [(), ("",), (",,,",), ("sep=,",), ('"sep=,"',), ("\ufeff", ""), ("eBay orders report", "", ",,")]
)
@pytest.mark.parametrize("code", ["utf-8-sig", "utf-8", "cp1252"])
def test_find_the_header_below_whatever_stands_above_it(bring: Any, above: tuple[str, ...], code: str) -> None:
    above = tuple(line.replace("\ufeff", "") for line in above) if code == "cp1252" else above

    assert bring(files.ebay(files.EBAY_ONE, above=above, code=code)).added == 1


@pytest.mark.parametrize(
    "end",
    [
        [],
        ["", "83 record(s) downloaded", "Seller ID : some-name"],
        ["1,record(s) downloaded, from Jul-01-25 to Jul-31-25", "Seller ID : some-name,,,,,"],
        [
            "record(s) downloaded,,,,",
            "Seller ID : x,,,",
            files.EBAY_ONE.replace("12-34567", "14-34567"),
            "Seller ID: x",
        ],
    ],
)
def test_pass_over_the_trailer_wherever_it_stands(bring: Any, end: list[str]) -> None:
    bring(files.ebay(files.EBAY_ONE, end=end))

    assert not Order.objects.exclude(number__regex=r"^1[24]-34567-89012$").exists()
    assert Order.objects.count() == (2 if len(end) == 4 else 1)


def test_read_a_british_report(bring: Any) -> None:
    report = files.ebay(files.EBAY_ONE.replace("$", "£").replace("United States", "United Kingdom"))
    for american, british in (
        (b"Sales Record Number", b"Sales record number"),
        (b"Order Number", b"Order number"),
        (b"Ship To Name", b"Post to name"),
        (b"Ship To Zip", b"Post to postcode"),
        (b"Ship To Country", b"Post to country"),
        (b"Nov-10-26", b"10-Nov-26"),
    ):
        report = report.replace(american, british)

    bring(report)

    order = Order.objects.get()
    assert (order.currency, order.country, order.postal_code) == ("GBP", "GB", "97205")
    assert order.ordered_at == datetime(2026, 11, 10, tzinfo=UTC)


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-8", "cp1252"])
def test_read_a_german_report(bring: Any, code: str) -> None:
    bring(files.german(files.GERMAN_ONE, code=code))

    order = Order.objects.get()
    item = order.items.get()
    assert (order.number, order.currency, order.country, order.amount) == (
        "23-12345-12345",
        "EUR",
        "DE",
        Decimal("1116.99"),
    )
    assert (order.buyer_name, item.title, item.sku, item.amount) == ("", "Kessel 0,9 l", "BB-KET-09", Decimal("116.99"))
    assert order.ordered_at == datetime(2026, 10, 10, tzinfo=UTC)


@pytest.mark.parametrize("month", ["10-Mär-26", "10-Mrz-26", "10-Mai-26", "10-Okt-25", "10-Dez-25", "10-Dez-2025"])
def test_know_the_german_months(bring: Any, month: str) -> None:
    bring(files.german(files.GERMAN_ONE.replace("10-Okt-26", month)))

    assert Order.objects.get().ordered_at.day == 10


def test_wait_for_an_order_that_is_not_paid(bring: Any) -> None:
    unpaid = files.EBAY_ONE.replace('"Nov-10-26","Nov-10-26","Nov-11-26"', '"Nov-10-26","",""')

    bring(files.ebay(unpaid))

    assert Order.objects.get().status == "pending"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (files.EBAY_ONE.replace("12-34567-89012", "1234"), "line 4: “1234” is no order number of eBay."),
        (
            files.EBAY_ONE.replace("12-34567-89012", "2.00012E+14"),
            "line 4: “2.00012E+14” was shortened by a spreadsheet. Use the file as it was downloaded.",
        ),
        (files.EBAY_ONE.replace("Nov-10-26", "Foo-10-26"), "line 4: “Foo-10-26” in Sale Date is no date."),
        (files.EBAY_ONE.replace("Nov-10-26", "Feb-30-26"), "line 4: “Feb-30-26” in Sale Date is no date."),
        (files.EBAY_ONE.replace("Nov-10-26", "11/10/26"), "line 4: “11/10/26” in Sale Date is no date."),
        (
            files.EBAY_ONE.replace("Nov-10-26", "Nov-30-26"),
            "line 4: The date “Nov-30-26” in Sale Date lies in the future.",
        ),
        (files.EBAY_ONE.replace("$45.99", "$45,99"), "line 4: “$45,99” in Sold For is no amount."),
        (files.EBAY_ONE.replace("$45.99", "-$45.99"), "line 4: “-$45.99” in Sold For is no amount."),
        (files.EBAY_ONE.replace("$45.99", "¤45.99"), "line 4: “¤45.99” in Sold For is in no currency that we know."),
        (files.EBAY_TOTALS, "line 4: Order 13-34567-89013 has no row with an item number."),
        (files.EBAY_FIRST, "line 4: Order 13-34567-89013 has no sale date."),
        (files.EBAY_ONE + ',"x"', "line 4: The row has more cells than the header has columns."),
        ("12345", "line 4: “” is no order number of eBay."),
    ],
)
def test_refuse_the_file_whole_for_one_bad_row(bring: Any, row: str, reason: str) -> None:
    assert reasons(bring, files.ebay(row)) == [reason]


def test_change_nothing_the_second_time(bring: Any) -> None:
    report = files.ebay(files.EBAY_ONE, files.EBAY_TOTALS, files.EBAY_FIRST, files.EBAY_SECOND)
    bring(report)

    done = bring(report)

    assert (done.added, done.changed, done.skipped) == (0, 0, 2)
