"""Whatever a cell of a file holds: the preview names the line, or applying it succeeds. No import ever dies of a value."""

import csv
import io
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from claims_center.models import Order, OrderItem
from exports.importers import importer
from ledger import checks
from loyalty.models import LoyaltySettings
from tenancy.actors import Actor
from tenancy.imports.contract import Outcome, Preview
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import make_pool
from tests.claims_center.report_files import workbook
from tests.exports.import_kinds import CASES, KINDS, PLAIN, POINTS, WALMART, Kind, nasty
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers

BY = Actor.system()


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """A merchant with everything that the rows refer to."""
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1")
        LoyaltySettings.made_with(points_per_unit=1).save()
        make_pool(name="Gifts")
        offers.offer(name="Ten off", member_limit=None)
    return merchant


def file_of(folder: Path, kind: Kind, rows: list[dict[str, str]]) -> Path:
    found = io.StringIO()
    # Amazon's report knows no quotes: a tab or line break inside a cell is another cell or line there.
    is_bare = "amazon-order-id" in kind.row
    if is_bare:
        lines = [list(kind.row), *(list(row.values()) for row in rows)]
        found.write("".join("\t".join(" ".join(cell.split("\t")) for cell in line) + "\n" for line in lines))
    else:
        writer = csv.DictWriter(found, list(kind.row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    path = folder / "rows.csv"
    path.write_bytes(found.getvalue().encode())
    return path


def looked(merchant: Merchant, kind: Kind, path: Path) -> Preview:
    found: Preview = importer(kind.dataset).preview(path, merchant_id=merchant.id, now=timezone.now())
    return found


def applied(merchant: Merchant, kind: Kind, path: Path) -> Outcome:
    facts: dict[str, Any] = {"merchant_id": merchant.id, "actor": BY, "now": timezone.now()}
    done: Outcome = importer(kind.dataset).apply(path, **facts)
    return done


@pytest.mark.parametrize(("name", "column"), CASES)
def test_say_it_beforehand_or_do_it(shop: Merchant, tmp_path: Path, name: str, column: str) -> None:
    kind = KINDS[name]
    left = []
    for number, value in enumerate(nasty(), 1):
        rows = {key: text.format(n=number) for key, text in kind.row.items()} | {column: value}
        # Of what breaks a line there is one in a file, so that lines are rows in all others.
        if len(value.splitlines()) > 1 or "\r" in value or "\n" in value:
            alone = file_of(tmp_path, kind, [rows])
            if not looked(shop, kind, alone).problems:
                applied(shop, kind, alone)
        else:
            left.append(rows)
    while (found := looked(shop, kind, file_of(tmp_path, kind, left))).problems:
        bad = {problem.line for problem in found.problems}
        assert 0 not in bad, found.problems
        left = [row for place, row in enumerate(left, 2) if place not in bad]
        if not left:
            return
    done = applied(shop, kind, file_of(tmp_path, kind, left))
    assert (done.added, done.changed, done.refused) == (found.added, found.changed, 0)
    assert checks.run(shop.id).findings == []


STATUS = {"id": "", "version": "1", "status": "completed", "reason": "", "reference": "R", "completed_at": ""}


@pytest.mark.parametrize("column", STATUS)
def test_say_it_beforehand_of_a_response_that_stands_too(shop: Merchant, tmp_path: Path, column: str) -> None:
    with merchant_scope(shop):
        response = offers.give(offers.offer(name="Five off"))
    kind = Kind("responses", STATUS)
    for value in nasty():
        row = STATUS | {"id": str(response.id), "version": str(response.version)} | {column: value}
        path = file_of(tmp_path, kind, [row])
        found = looked(shop, kind, path)
        if not found.problems:
            with transaction.atomic():
                assert applied(shop, kind, path) == Outcome(found.added, found.changed, found.skipped)
                transaction.set_rollback(True)


MOST = "9999999999.99"
TOO_MUCH: list[tuple[str, list[dict[str, str]]]] = [
    ("orders", [{"amount": MOST}, {"amount": "0.01"}]),
    ("orders", [{"amount": MOST, "sku": "S-1"}, {"amount": "0.01", "sku": "S-2"}]),
    ("amazon", [{"item-price": MOST}, {"item-price": "0.01"}]),
    ("amazon", [{"item-price": MOST, "item-status": "Cancelled"}, {"item-price": "0.01", "item-status": "Cancelled"}]),
    ("ebay", [{"Sold For": "$9,999,999,999.99", "Quantity": "2"}]),
    ("etsy-items", [{"Price": MOST, "Quantity": "2"}]),
    ("walmart", [{"Item Cost": MOST, "Qty": "999999"}]),
    ("orders", [{"quantity": "999999"}] * 2148),
    ("orders", [{"quantity": "999999", "sku": f"S-{number}"} for number in range(2148)]),
]


@pytest.mark.parametrize(("name", "rows"), TOO_MUCH)
def test_say_beforehand_that_rows_come_to_too_much(
    shop: Merchant, tmp_path: Path, name: str, rows: list[dict[str, str]]
) -> None:
    """The rows of one order are right each; together they are more than an order can be: its first line is named."""
    kind = KINDS[name]
    whole = [{key: text.format(n=7) for key, text in kind.row.items()} | row for row in rows]
    before = {key: text.format(n=6) for key, text in kind.row.items()}
    found = looked(shop, kind, file_of(tmp_path, kind, [before, *whole]))
    assert [problem.line for problem in found.problems] == [3]
    assert "more than an order can be" in found.problems[0].reason


def test_take_in_as_much_as_an_order_can_hold(shop: Merchant, tmp_path: Path) -> None:
    """The most of each, and many orders whose sum no column could hold."""
    kind = KINDS["orders"]
    rows = [
        {key: text.format(n=number) for key, text in PLAIN.items()} | {"amount": amount, "sku": sku}
        for number, (amount, sku) in itertools.product((1, 2, 3), (("9999999999.98", "S-1"), ("0.01", "S-2")))
    ]
    assert applied(shop, kind, file_of(tmp_path, kind, rows)).added == 3
    with merchant_scope(shop):
        assert set(Order.objects.values_list("amount", flat=True)) == {Decimal(MOST)}
        assert OrderItem.objects.count() == 6


def test_add_up_points_of_many_lines(shop: Merchant, tmp_path: Path) -> None:
    kind = KINDS["points"]
    rows = [
        {key: text.format(n=number) for key, text in POINTS.items()} | {"points": "999999999"} for number in range(300)
    ]
    assert applied(shop, kind, file_of(tmp_path, kind, rows)).added == 300
    assert checks.run(shop.id).findings == []


@pytest.mark.parametrize("name", sorted({one.dataset: name for name, one in KINDS.items()}.values()))
@pytest.mark.parametrize("bad", [b"a\x00b", b"\xed\xa0\x80", b"\xff\xfe", b"\x81\x8d"])
def test_say_which_line_holds_no_text(shop: Merchant, tmp_path: Path, name: str, bad: bytes) -> None:
    """NUL, half a character, bytes of no encoding: refused with the line, or read as the letters of an old encoding."""
    kind = KINDS[name]
    rows = [{key: text.format(n=number) for key, text in kind.row.items()} for number in (1, 2)]
    path = file_of(tmp_path, kind, rows)
    lines = path.read_bytes().splitlines()
    lines[2] = lines[2].replace(next(iter(rows[1].values())).encode(), bad, 1)
    path.write_bytes(b"\n".join(lines))
    found = looked(shop, kind, path)
    if found.problems:
        assert [problem.line for problem in found.problems] == [3]
    else:
        applied(shop, kind, path)


def test_say_that_a_workbook_is_damaged_whose_numbers_are_endless(shop: Merchant, tmp_path: Path) -> None:
    path, kind = tmp_path / "orders.xlsx", KINDS["walmart"]
    row: list[object] = [text.format(n=1) for text in WALMART.values()]
    path.write_bytes(workbook(list(WALMART), row))
    good = looked(shop, kind, path)
    assert (good.added, good.problems) == (1, [])
    path.write_bytes(workbook(list(WALMART), [*row[:-1], f'<c r="J2" t="s"><v>{"9" * 5000}</v></c>']))
    assert [problem.reason for problem in looked(shop, kind, path).problems] == ["The workbook is damaged."]


def test_bring_in_a_file_whose_name_is_no_text(shop: Merchant, tmp_path: Path) -> None:
    """What a shell hands over may hold bytes that are no letters."""
    path = file_of(tmp_path, KINDS["codes"], [{"code": "CODE-1", "pool": "Gifts"}])
    odd = path.rename(tmp_path / "codes-\udcff.csv")
    with pytest.raises(CommandError, match="no letters"):
        call_command("import_codes", str(odd), merchant=shop.slug, set=["pool=\udcff"])
    call_command("import_codes", str(odd), merchant=shop.slug)
    with merchant_scope(shop):
        event = AuditEvent.objects.get(action="codes.imported")
    assert event.after == {"added": 1, "file": "codes-?.csv"}
