"""Etsy's two files complete each other, whichever comes first and however often either comes again."""

import itertools
from decimal import Decimal
from typing import Any

import pytest

from claims_center.imports import orders
from claims_center.models import Claim, Listing, Order
from claims_center.states import Verification
from jobs.models import Job
from tenancy.models import Merchant
from tests.claims_center import report_files as files
from tests.claims_center.factories import NOW, make_claim, make_funnel, make_product
from tests.claims_center.reports_kit import bring, reasons

__all__ = ["bring"]
NUMBER = "3012345678"


def as_it_stands() -> tuple[Any, ...]:
    """Everything that imports wrote of the one order."""
    order = Order.objects.get()
    items = order.items.order_by("listing_id").values_list("listing_id", "sku", "title", "quantity", "amount")
    return (order.status, order.amount, order.buyer_name, order.item_count, order.digest, list(items))


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1])))
def test_complete_each_other_in_either_order(bring: Any, order: tuple[int, ...]) -> None:
    reports = [files.etsy_orders(shipped="11/12/26"), files.etsy_items()]

    for number in order:
        bring(reports[number])

    status, amount, buyer, pieces, _digest, items = as_it_stands()
    assert (status, amount, buyer, pieces) == ("shipped", Decimal("63.95"), "Ann Lee", 2)
    assert [item[0] for item in items] == ["1234567890", "1234567899"]


@pytest.mark.parametrize("order", list(itertools.permutations([0, 1])))
def test_change_nothing_when_either_comes_again(bring: Any, order: tuple[int, ...]) -> None:
    reports = [files.etsy_orders(shipped="11/12/26"), files.etsy_items()]
    for number in order:
        bring(reports[number])
    before, jobs = as_it_stands(), Job.objects.count()

    done = [bring(report) for report in (*reports, *reports[::-1])]

    assert {(one.added, one.changed, one.skipped) for one in done} == {(0, 0, 1)}
    assert (as_it_stands(), Job.objects.count()) == (before, jobs)


def test_let_no_older_copy_take_back_what_the_other_told(bring: Any) -> None:
    bring(files.etsy_orders(shipped="11/12/26"))
    bring(files.etsy_items(files.ETSY_KETTLE))

    bring(files.etsy_orders())

    order = Order.objects.get()
    assert (order.status, order.items.count()) == ("shipped", 1)


def test_preview_the_second_file_as_a_change(bring: Any, scope: Merchant, tmp_path: Any) -> None:
    bring(files.etsy_orders())
    path = tmp_path / "items"
    path.write_bytes(files.etsy_items())

    found = orders.preview(path, merchant_id=scope.id, now=NOW)

    assert (found.added, found.changed, found.skipped) == (0, 1, 0)


def test_say_what_orders_alone_cannot_tell(bring: Any, scope: Merchant, tmp_path: Any) -> None:
    path = tmp_path / "orders"
    path.write_bytes(files.etsy_orders())

    assert "import Etsy's “Order Items” as well" in orders.preview(path, merchant_id=scope.id, now=NOW).notes[0]


def etsy_claim() -> Claim:
    product = make_product()
    url = "https://www.etsy.com/listing/1234567890/kettle"
    Listing.objects.filter(product=product).delete()
    Listing.objects.create(product=product, marketplace="etsy", region="US", listing_id="1234567890", url=url)
    return make_claim(make_funnel(product=product), order_number=f"Etsy order #{NUMBER}")


def test_match_the_number_and_say_that_the_product_was_not_compared(bring: Any) -> None:
    bring(files.etsy_orders())

    claim = etsy_claim()

    assert claim.verification == Verification.MATCH
    assert "the report names no products, so that was not compared" in claim.verification_reason


def test_compare_the_product_once_the_items_are_there(bring: Any) -> None:
    bring(files.etsy_orders())
    bring(files.etsy_items(files.ETSY_FILTERS))

    assert etsy_claim().verification == Verification.WRONG_PRODUCT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (files.etsy_orders().replace(b"3012345678", b"12"), "line 2: “12” is no order number of Etsy."),
        (files.etsy_orders().replace(b"11/10/26", b"13/10/26"), "line 2: “13/10/26” in Sale Date is no date."),
        (files.etsy_items().replace(b"1234567890", b"x"), "line 2: “x” is no order number of Etsy."),
        (files.etsy_items().replace(b",49.95,49.95", b",49.95,abc"), "line 2: “abc” in Item Total is no amount."),
    ],
)
def test_refuse_bad_rows(bring: Any, content: bytes, reason: str) -> None:
    assert reason in reasons(bring, content)
