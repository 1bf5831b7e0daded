"""Walmart's orders, as CSV and as workbook; both numbers of an order match."""

import time
import zipfile
from io import BytesIO
from typing import Any

import pytest

from claims_center.imports import workbook as reader
from claims_center.models import Listing, Order, OrderAlias
from claims_center.states import Verification
from tests.claims_center import report_files as files
from tests.claims_center.factories import make_claim, make_funnel, make_product
from tests.claims_center.reports_kit import bring, reasons

__all__ = ["bring"]
HEADER: list[object] = list(files.WALMART_HEADER.split(","))
PO, NUMBER = "108800000000001", "200012345678901"
ROW: list[object] = [PO, NUMBER, "2026-11-10", "", "Ann Lee", "5 Kings Road", "97205", 1, "", "Shipped", "Kettle", 1]
ROW = [*ROW, "BB-KET-09", 49.95]


@pytest.mark.parametrize("day", ["2026-11-10", "11/10/2026", "11/10/26"])
def test_read_the_csv(bring: Any, day: str) -> None:
    bring(files.walmart(files.walmart_row(day=day), files.walmart_row(day=day, line=2, sku="BB-FIL-100")))

    order = Order.objects.get()
    assert (order.marketplace, order.number, order.other_norm, order.item_count) == ("walmart", NUMBER, PO, 2)
    assert (order.ordered_at.day, order.status, order.currency) == (10, "shipped", "USD")


@pytest.mark.parametrize("typed", [NUMBER, PO, "2000123-45678901", f"#{PO}", "order 2000 1234 5678 901", "PO# " + PO])
def test_match_by_either_number(bring: Any, typed: str) -> None:
    product = make_product()
    Listing.objects.filter(product=product).update(marketplace="walmart", url="https://www.walmart.com/ip/1")
    bring(files.walmart(files.walmart_row()))

    claim = make_claim(make_funnel(product=product), order_number=typed)

    assert (claim.verification, claim.order_number_norm) == (Verification.MATCH, NUMBER)


def test_match_by_every_purchase_order_of_an_order(bring: Any) -> None:
    product = make_product()
    Listing.objects.filter(product=product).update(marketplace="walmart", url="https://www.walmart.com/ip/1")
    second, third = "108800000000002", "108800000000003"
    rows = [files.walmart_row(po=po, line=n) for n, po in enumerate((PO, second, third), 1)]
    bring(files.walmart(*rows))

    done = bring(files.walmart(*rows))
    funnel = make_funnel(product=product)
    claims = [make_claim(funnel, order_number=po, email=f"{po}@example.com") for po in (third, second)]

    assert done.skipped == 1
    assert set(OrderAlias.objects.values_list("number_norm", flat=True)) == {second, third}
    assert [claim.verification for claim in claims] == [Verification.MATCH, Verification.ALREADY_CLAIMED]


def test_cancel_an_order_only_when_every_line_is(bring: Any) -> None:
    bring(files.walmart(files.walmart_row(status="Cancelled"), files.walmart_row(line=2, sku="BB-FIL-100")))

    order = Order.objects.get()
    assert (order.status, order.item_count, order.items.get(sku="BB-KET-09").is_cancelled) == ("shipped", 1, True)


def test_read_the_workbook(bring: Any) -> None:
    by_number = [int(PO), '<c r="B3"><v>2.00012345678902E+14</v></c>', '<c r="C3" s="2"><v>46336</v></c>', *ROW[3:]]

    bring(files.workbook(HEADER, ROW, by_number))

    assert set(Order.objects.values_list("number", "other_norm")) == {(NUMBER, PO), ("200012345678902", PO)}
    assert {order.ordered_at.date().isoformat() for order in Order.objects.all()} == {"2026-11-10"}


def test_take_formulas_as_the_values_saved_with_them(bring: Any) -> None:
    total = '<c r="N2"><f>40+9.95</f><v>49.950000000000003</v></c>'
    name = '<c r="E2" t="str"><f>CONCAT("Ann"," Lee")</f><v>Ann Lee</v></c>'

    bring(files.workbook(HEADER, [*ROW[:4], name, *ROW[5:13], total]))

    order = Order.objects.get()
    assert (str(order.amount), order.buyer_name) == ("49.95", "Ann Lee")


def test_read_shared_texts_with_runs_and_without_readings(bring: Any) -> None:
    texts = b"<sst><si><r><t>Ann </t></r><r><t>Lee</t></r><rPh><t>an-ri</t></rPh></si><si><t>BB-KET-09</t></si></sst>"
    row = [*ROW[:4], '<c r="E2" t="s"><v>0</v></c>', *ROW[5:12], '<c r="M2" t="s"><v>1</v></c>']

    bring(files.workbook(HEADER, row, xl__sharedStrings_dot_xml=texts))

    assert Order.objects.values_list("buyer_name", "items__sku").get() == ("Ann Lee", "BB-KET-09")


@pytest.mark.parametrize("above", [0, 3])
def test_find_the_header_below_a_title(bring: Any, above: int) -> None:
    title: list[object] = ["Orders of Brew & Bloom"]
    assert bring(files.workbook(*[title] * above, HEADER, ROW)).added == 1


def bomb() -> bytes:
    """A workbook of a few hundred kilobytes that says it unpacks to hundreds of megabytes."""
    return files.workbook(HEADER, xl__worksheets__sheet1_dot_xml=b"<worksheet>" + b" " * (300 * 1024 * 1024))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04 not a zip", "not a text file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "old or locked workbook"),
        (files.workbook(HEADER, [*ROW[:13], '<c r="N2"><f>1+1</f></c>']), "line 2: Cell N2 holds a formula"),
        (
            files.workbook(HEADER, ['<c r="A2"><v>108800000000001234567</v></c>', *ROW[1:]]),
            "shortened by a spreadsheet",
        ),
        (files.workbook(["Name", "Age"], ["Ann", 3]), "No order report that we know"),
        (files.workbook(), "The file is empty."),
        (files.workbook(HEADER, ["x"] * 4), "line 2:"),
        (files.workbook(HEADER, ROW, xl__worksheets__sheet1_dot_xml=b"<worksheet><row"), "damaged"),
        (
            files.workbook(
                HEADER,
                xl__worksheets__sheet1_dot_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>',
            ),
            "damaged",
        ),
        (
            files.workbook(
                HEADER,
                xl__worksheets__sheet1_dot_xml=b'<worksheet><row><c r="ZZZ1"><v>1</v></c></row></worksheet>',
            ),
            "wider than any order report",
        ),
    ],
)
def test_say_plainly_what_is_wrong_with_a_workbook(bring: Any, content: bytes, words: str) -> None:
    found = reasons(bring, content)

    assert words in found[0]


def test_refuse_a_bomb_before_it_is_unpacked(bring: Any) -> None:
    content = bomb()
    # The work of this thread alone: on a busy machine it waits for its turn meanwhile.
    started = time.thread_time()

    found = reasons(bring, content)

    assert "too big when unpacked" in found[0]
    assert time.thread_time() - started < 1


def test_refuse_an_archive_that_is_no_workbook(bring: Any) -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("orders.csv", files.walmart(files.walmart_row()))

    assert "Unpack it" in reasons(bring, out.getvalue())[0]


@pytest.mark.parametrize(
    ("code", "is_date"),
    [("yyyy-mm-dd", True), ("[$-409]d/m/yy", True), ("0.00", False), ('0 "days"', False), ("General", False)],
)
def test_know_dates_by_their_format(code: str, is_date: bool) -> None:
    assert reader._shows_a_date(code) is is_date
