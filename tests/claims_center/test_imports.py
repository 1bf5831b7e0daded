"""Order reports come in whole or not at all, and twice is once."""

# Look-alike letters are what these cases are about.
# ruff: noqa: RUF001

import gzip
import io
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from claims_center.imports import orders
from claims_center.models import Order, OrderItem
from jobs.models import Job
from tenancy.imports import textfile
from tenancy.imports.contract import FileRefused
from tenancy.models import AuditEvent, Merchant
from tests.claims_center.factories import NOW, STAFF
from tests.claims_center.reports import HEADER, ROW, amazon_report, plain_csv

FILTERS = ROW | {"sku": "BB-FIL-100", "asin": "B0BBFIL100", "quantity": "2", "item-price": "11.90"}
OTHER = ROW | {"amazon-order-id": "112-7730081-0042765", "order-status": "Cancelled", "item-status": "Cancelled"}


@pytest.fixture
def bring(scope: Merchant, tmp_path: Path) -> Any:
    def bring_in(content: bytes) -> Any:
        path = tmp_path / "report"
        path.write_bytes(content)
        return orders.apply(path, merchant_id=scope.id, actor=STAFF, now=NOW)

    return bring_in


def reasons(bring: Any, content: bytes) -> list[str]:
    """Return why a file is refused; it must leave nothing behind."""
    with pytest.raises(FileRefused) as refusal:
        bring(content)
    assert not Order.objects.exists()
    assert not Job.objects.exists()
    return [str(problem) for problem in refusal.value.problems]


def test_read_the_report_as_amazon_gives_it(bring: Any) -> None:
    done = bring(amazon_report(ROW, FILTERS, OTHER))

    order = Order.objects.get(number="111-2301945-8821034")
    assert (done.added, done.changed, done.skipped) == (2, 0, 0)
    assert (order.status, order.item_count, order.amount) == ("shipped", 3, Decimal("61.85"))
    assert (order.last_group, order.postal_code, order.channel) == ("8821034", "97205-1234", "Amazon.com")
    assert order.ordered_at == datetime(2026, 11, 15, 8, 4, 21, tzinfo=UTC)
    assert set(order.items.values_list("listing_id", "quantity")) == {("B0BBKET090", 1), ("B0BBFIL100", 2)}
    assert 'l, "gooseneck" spout' in order.items.get(sku="BB-KET-09").title
    cancelled = Order.objects.get(number="112-7730081-0042765")
    assert (cancelled.status, cancelled.items.get().is_cancelled, cancelled.item_count) == ("cancelled", True, 0)


def test_change_nothing_the_second_time(bring: Any) -> None:
    report = amazon_report(ROW, FILTERS, OTHER)
    bring(report)
    before = list(Order.objects.order_by("id").values()), Job.objects.count(), AuditEvent.objects.count()

    done = bring(report)

    assert (done.added, done.changed, done.skipped) == (0, 0, 2)
    assert (list(Order.objects.order_by("id").values()), Job.objects.count(), AuditEvent.objects.count()) == before


def test_change_what_has_changed(bring: Any) -> None:
    bring(amazon_report(ROW, OTHER))

    done = bring(amazon_report(ROW, FILTERS, OTHER))

    assert (done.added, done.changed, done.skipped) == (0, 1, 1)
    assert OrderItem.objects.count() == 3


def test_keep_the_newer_when_an_older_report_comes_later(bring: Any) -> None:
    bring(amazon_report(ROW | {"last-updated-date": "2026-11-18T00:00:00Z"}))

    done = bring(amazon_report(ROW | {"order-status": "Pending", "last-updated-date": "2026-11-15T08:05:00Z"}))

    assert (done.changed, done.skipped, Order.objects.get().status) == (0, 1, "shipped")


def test_gather_rows_of_one_order_wherever_they_stand(bring: Any) -> None:
    done = bring(amazon_report(ROW, OTHER, FILTERS, ROW))

    assert done.added == 2
    assert Order.objects.get(number=ROW["amazon-order-id"]).items.get(sku="BB-KET-09").quantity == 2


def test_leave_out_what_amazon_only_ships(bring: Any) -> None:
    done = bring(amazon_report(ROW, OTHER | {"sales-channel": "Non-Amazon US"}))

    assert (done.added, done.skipped) == (1, 1)


@pytest.mark.parametrize(
    ("encoding", "name", "channel"),
    [
        ("utf-8", "Café mug", "Amazon.com"),
        ("utf-8-sig", "Café mug", "Amazon.com"),
        ("cp1252", "Café crème – “grand”", "Amazon.fr"),
        ("cp932", "珈琲ケトル", "Amazon.co.jp"),
    ],
)
def test_read_every_encoding(bring: Any, encoding: str, name: str, channel: str) -> None:
    bring(amazon_report(ROW | {"product-name": name, "sales-channel": channel}, encoding=encoding))

    assert OrderItem.objects.get().title == name


def test_read_older_and_newer_headers(bring: Any) -> None:
    header = [*HEADER[:-3], "signature-confirmation-recommended", "buyer-identification-number"]

    assert bring(amazon_report(ROW, header=header)).added == 1


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_read_header_in_any_order_and_case(bring: Any, end: str) -> None:
    header = [f" {column.title()} " for column in reversed(HEADER)]
    row = {name: ROW.get(name.strip().lower(), "") for name in header}

    assert bring(b"\r\n" + amazon_report(row, header=header, end=end)).added == 1


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Shipped", "shipped"),
        ("Shipped - Delivered to Buyer", "delivered"),
        ("Pending", "pending"),
        ("Unshipped", "open"),
        ("Shipping", "shipped"),
        ("Cancelled", "cancelled"),
        ("Something new", "unknown"),
    ],
)
def test_understand_every_status(bring: Any, text: str, status: str) -> None:
    bring(amazon_report(ROW | {"order-status": text}))

    order = Order.objects.get()
    assert (order.status, order.status_text) == (status, text)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"amazon-order-id": "hello"}, "line 3: “hello” is no order number of Amazon."),
        ({"purchase-date": "yesterday"}, "line 3: “yesterday” in purchase-date is no date."),
        ({"purchase-date": "2026-13-01T00:00:00Z"}, "line 3: “2026-13-01T00:00:00Z” in purchase-date is no date."),
        (
            {"purchase-date": "2026-11-21T00:00:00Z"},
            "line 3: The date “2026-11-21T00:00:00Z” in purchase-date lies in the future.",
        ),
        ({"quantity": "-1"}, "line 3: “-1” in quantity is no number of pieces."),
        ({"item-price": "NaN"}, "line 3: “NaN” in item-price is no amount."),
        ({"item-price": "1e30"}, "line 3: “1e30” in item-price is no amount."),
        ({"currency": "Dollar"}, "line 3: “Dollar” in currency is not known."),
        ({"sku": "x" * 81}, "line 3: The text in sku is longer than 80 characters."),
    ],
)
def test_refuse_the_whole_file_for_one_bad_line(bring: Any, row: dict[str, str], reason: str) -> None:
    assert reasons(bring, amazon_report(ROW, OTHER | row)) == [reason]


def test_name_many_bad_lines_but_not_all(bring: Any) -> None:
    rows = [ROW | {"quantity": "x"}] * 60

    with pytest.raises(FileRefused) as refusal:
        bring(amazon_report(*rows))

    assert (len(refusal.value.problems), refusal.value.refused) == (50, 60)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "The file is empty."),
        (b"\r\n \r\n", "The file is empty."),
        (amazon_report(), "no orders"),
        (b"PK\x03\x04 zipped", "not a text file"),
        (b"%PDF-1.7", "not a text file"),
        (b"\x1f\x8b\x08 nothing", "gzip archive is damaged"),
        (gzip.compress(amazon_report(ROW))[:-30], "gzip archive is damaged"),
        ("\ufefforder\tid".encode("utf-16"), "UTF-16"),
        (amazon_report(ROW).replace(b"kettle", b"ket\x00tle"), "line 2: There is a NUL byte"),
        (amazon_report(ROW).replace(b"kettle", b"k\x81ttle"), "line 2: The letters cannot be read"),
        (amazon_report(ROW).replace(b"asin", b"isbn"), "the column “asin” is missing"),
        (
            amazon_report(ROW).replace(b"\tsku\t", b"\tasin\t"),
            "the column “asin” is there twice".replace("the", "The", 1),
        ),
        (amazon_report(ROW | {"product-name": "x" * 70_000}), "line 2: The line is too long"),
        (b"name,age\nAnn,3\n", "No order report that we know has these columns"),
        (plain_csv("1,2,3", header="order_number,marketplace,ordered_at,shoe_size"), "“shoe_size” is not known"),
        (plain_csv('1234,amazon,2026-11-01,"x'), "quotes"),
        (plain_csv("1234,amazon,2026-11-01,a,b,1,2,USD,shipped,extra"), "more cells"),
    ],
)
def test_say_plainly_what_is_wrong_with_a_file(bring: Any, content: bytes, word: str) -> None:
    found = reasons(bring, content)

    assert [word in reason for reason in found] == [True], found


def test_refuse_a_file_that_is_too_big(bring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textfile, "MOST_BYTES", 10_000)

    assert "bigger than" in reasons(bring, gzip.compress(amazon_report(*[ROW] * 100)))[0]


def test_read_the_plain_csv_with_either_separator(bring: Any) -> None:
    comma = plain_csv(
        "SHOP-1042,Etsy,2026-11-01,BB-KET-09,,2,99.90,usd,",
        '"SHOP-1043",WALMART,2026-11-02T10:00:00+01:00,,,,,,Cancelled',
    )
    semicolon = comma.replace(b",", b";").replace(b"1042", b"2042").replace(b"1043", b"2043")

    assert (bring(comma).added, bring(semicolon).added) == (2, 2)
    order = Order.objects.get(number="SHOP-1042")
    assert (order.marketplace, order.status, order.currency) == ("etsy", "unknown", "USD")
    assert (order.items.get().sku, order.items.get().quantity) == ("BB-KET-09", 2)
    assert Order.objects.get(number="SHOP-1043").items.count() == 0


def test_read_times_without_a_zone_in_the_merchants(bring: Any, scope: Merchant) -> None:
    scope.time_zone = "America/New_York"
    scope.save()

    bring(plain_csv("1042,amazon,2026-11-01 10:00,,,,,,", "1043,amazon,2026-11-10,,,,,,"))

    assert Order.objects.get(number="1042").ordered_at == datetime(2026, 11, 1, 15, 0, tzinfo=UTC)
    assert Order.objects.get(number="1043").ordered_at == datetime(2026, 11, 10, 5, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("12,amazon,2026-11-01,,,,,,", "“12” is no order number"),
        ("1234,Allegro,2026-11-01,,,,,,", "“Allegro” is no marketplace"),
        ("1234,amazon,01.11.2026,,,,,,", "“01.11.2026” in ordered_at is no date"),
        ("1234,amazon,2026-12-01,,,,,,", "lies in the future"),
        ("1234,amazon,0001-01-01,,,,,,", "in ordered_at"),
    ],
)
def test_refuse_bad_rows_of_the_plain_csv(bring: Any, row: str, word: str) -> None:
    found = reasons(bring, plain_csv(row))

    assert found[0].startswith("line 2: ")
    assert word in found[0]


def test_preview_without_touching_anything(bring: Any, scope: Merchant, tmp_path: Path) -> None:
    bring(amazon_report(ROW))
    path = tmp_path / "next"
    path.write_bytes(amazon_report(ROW | {"order-status": "Cancelled"}, OTHER, OTHER | {"sales-channel": "Non-Amazon"}))
    before = Order.objects.count()

    found = orders.preview(path, merchant_id=scope.id, now=NOW)

    assert (found.format_name, found.added, found.changed, found.skipped) == ("Amazon: All Orders", 1, 1, 1)
    assert [(row.action, row.title) for row in found.sample] == [
        ("changed", "111-2301945-8821034"),
        ("added", "112-7730081-0042765"),
    ]
    assert "Shipped → Cancelled" in found.sample[0].facts.values()
    assert "left out" in found.notes[0]
    assert Order.objects.count() == before


def test_preview_problems_instead_of_raising(scope: Merchant, tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_bytes(amazon_report(ROW | {"quantity": "x"}))

    found = orders.preview(path, merchant_id=scope.id, now=NOW)

    assert (found.added, found.refused, found.problems[0].line) == (0, 1, 2)


def test_report_progress(scope: Merchant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(orders, "PORTION", 2)
    path, seen = tmp_path / "report", []
    path.write_bytes(amazon_report(*[ROW | {"amazon-order-id": f"111-0000000-000000{n}"} for n in range(5)]))

    def progress(done: int, total: int) -> None:
        seen.append((done, total))

    orders.apply(path, merchant_id=scope.id, actor=STAFF, now=NOW, progress=progress)

    assert seen == [(2, 5), (4, 5), (5, 5)]


def command(*args: str) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_orders", "--merchant", "brew-bloom", *args, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


def old(row: dict[str, str]) -> dict[str, str]:
    """A row whose dates are past by any clock."""
    return row | {"purchase-date": "2020-01-01T00:00:00Z", "last-updated-date": "2020-01-02T00:00:00Z"}


def test_import_by_command(scope: Merchant, tmp_path: Path) -> None:
    path = tmp_path / "report.txt.gz"
    path.write_bytes(gzip.compress(amazon_report(old(ROW), old(OTHER))))

    assert command("--dry-run", str(path)) == ("added 2, changed 0, skipped 0, refused 0", "")
    assert not Order.objects.exists()
    assert command(str(path)) == ("added 2, changed 0, skipped 0, refused 0", "")
    assert command(str(path)) == ("added 0, changed 0, skipped 2, refused 0", "")


def test_import_standard_input(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(amazon_report(old(ROW)))))

    assert command("-")[0] == "added 1, changed 0, skipped 0, refused 0"


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_end_with_1_and_the_reasons(
    scope: Merchant, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str]
) -> None:
    path = tmp_path / "bad.txt"
    path.write_bytes(amazon_report(old(ROW), old(OTHER) | {"quantity": "x"}))

    with pytest.raises(SystemExit) as ended:
        call_command("import_orders", "--merchant", "brew-bloom", str(path), *more)

    said = capsys.readouterr()
    assert ended.value.code == 1
    assert "line 3: “x” in quantity is no number of pieces." in said.err
    assert said.out.strip() == "added 0, changed 0, skipped 0, refused 1"
    assert not Order.objects.exists()
