"""Which report a file is, is told by its header; what is unknown or unclear is refused in a plain sentence."""

import gzip
from typing import Any

import pytest

from claims_center.models import Order
from tests.claims_center import report_files as files
from tests.claims_center.reports import ROW, amazon_report, plain_csv
from tests.claims_center.reports_kit import bring, reasons

__all__ = ["bring"]
PLAIN = plain_csv("1042,amazon,2026-11-01,BB-KET-09,,1,9.99,USD,shipped")


@pytest.mark.parametrize(
    ("content", "marketplace"),
    [
        (amazon_report(ROW), "amazon"),
        (amazon_report(ROW | {"product-name": "Kettle"}).replace(b"\t", b","), "amazon"),
        (files.ebay(files.EBAY_ONE), "ebay"),
        (files.german(files.GERMAN_ONE), "ebay"),
        (files.etsy_orders(), "etsy"),
        (files.etsy_items(), "etsy"),
        (files.walmart(files.walmart_row()), "walmart"),
        (PLAIN.replace(b"amazon", b"walmart"), "walmart"),
        (PLAIN.replace(b",", b"\t"), "amazon"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_know_a_report_by_its_header(bring: Any, content: bytes, marketplace: str, packed: bool) -> None:
    bring(gzip.compress(content) if packed else content)

    assert Order.objects.get().marketplace == marketplace


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,age\nAnn,3\n", "line 1: No order report that we know has these columns. Known are: Amazon"),
        (b"hello\n", "line 1: No order report that we know"),
        (
            files.ebay(files.EBAY_ONE).replace(b"Sale Date", b"Sold"),
            "line 2: This looks like “eBay: Orders”, but the column “Sale Date” is missing.",
        ),
        (
            files.walmart(files.walmart_row()).replace(b"PO#", b"Nr"),
            "line 1: This looks like “Walmart: Orders”, but the column “PO#” is missing.",
        ),
        (
            files.etsy_items().replace(b"Listing ID", b"Listing"),
            "line 1: This looks like “Etsy: Order Items”, but the column “Listing ID” is missing.",
        ),
        (PLAIN.replace(b"marketplace", b"shop"), "line 1: This looks like “Plain CSV”, but the column “marketplace”"),
        (
            b"Sale Date,Order ID,Order Number,Item Number\n01/01/26,1234567890,12-34567-89012,335001234567\n",
            "line 1: These columns fit “eBay: Orders” and “Etsy: Orders” alike. Use the file as it was downloaded.",
        ),
        (files.ebay(), "The file has a header, but no orders."),
    ],
)
def test_say_plainly_what_is_unknown_or_unclear(bring: Any, content: bytes, reason: str) -> None:
    assert reasons(bring, content)[0].startswith(reason)


def test_know_a_report_with_columns_moved_added_and_dropped(bring: Any) -> None:
    header = ["New column", " SALE DATE ", "Item Number", "Order\xa0Number", "Quantity", "Sold For"]

    bring((",".join(header) + "\nx,Nov-10-26,335001234567,12-34567-89012,2,$5.00\n").encode())

    assert Order.objects.get().item_count == 2
