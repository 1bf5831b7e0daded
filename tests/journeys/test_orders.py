"""Order history, for real: every marketplace's report comes in, claims match it, wrong files are refused in words."""

# ruff: noqa: RUF001 - look-alike letters are what customers type
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from claims_center.models import Claim, Listing, OrderChange
from claims_center.services.catalogue import create_product, create_promotion
from claims_center.services.funnels import create_funnel, publish_funnel
from claims_center.services.submission import ClaimInput, submit_claim
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant
from tests.claims_center import report_files as files
from tests.claims_center.reports import ROW, amazon_report
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PASSWORD = "brew-the-morning-coffee"
URLS = {
    "amazon": "https://www.amazon.com/dp/B0BBKET090",
    "ebay": "https://www.ebay.com/itm/335001234567",
    "etsy": "https://www.etsy.com/listing/1234567890/kettle",
    "walmart": "https://www.walmart.com/ip/kettle/99",
}
IDS = {"amazon": "B0BBKET090", "ebay": "335001234567", "etsy": "1234567890", "walmart": "99"}
# What customers typed, by marketplace.
TYPED = {
    "amazon": "Your Amazon.com order #１１１-2301945-882lO34 has shipped",
    "ebay": "89012",
    "etsy": "Etsy order 3012345678",
    "walmart": "108800000000001",
}
# Dates of the test's own files lie in the past of any clock.
OLD = {b"-26,": b"-25,", b'-26"': b'-25"', b"11/10/26": b"11/10/25", b"2026-11-1": b"2025-11-1"}


def old(content: bytes) -> bytes:
    for now, then in OLD.items():
        content = content.replace(now, then)
    return content


@pytest.fixture
def shop() -> Merchant:
    """A merchant that sells one kettle everywhere, and verifies by itself what matches."""
    now, system = timezone.now(), Actor.system()
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=system, mfa_required=False)
    user = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Ada Novak")
    with merchant_scope(merchant):
        add_member(merchant=merchant, user=user, role=Role.OWNER, actor=system)
        listings = [
            {"marketplace": name, "region": "US", "listing_id": IDS[name], "url": url} for name, url in URLS.items()
        ]
        values = {"title": "Pour-over kettle", "sku": "BB-KET-09"}
        product = create_product(values=values, listings=listings, actor=system, now=now)
        gift = {"name": "$10 off", "kind": "digital", "source": "fixed", "fixed_code": "BREW10", "value": 10}
        promotion = create_promotion(values=gift, actor=system, now=now)
        facts = {"slug": "thanks", "name": "Thanks", "promotion": promotion, "auto_verify": True, "auto_send": True}
        funnel = create_funnel(values=facts, product_ids=[product.id], actor=system, now=now)
        publish_funnel(funnel_id=funnel.id, actor=system, now=now)
        for number, (name, typed) in enumerate(TYPED.items()):
            listing = Listing.objects.get(marketplace=name)
            given: dict[str, Any] = {
                "email": f"c{number}@example.com",
                "first_name": "Ann",
                "last_name": "Lee",
                "order_number": typed,
            }
            claim = ClaimInput(funnel_id=funnel.id, listing_id=listing.id, op_key=new_id().hex, rating=4, **given)
            submit_claim(given=claim, now=now)
    return merchant


def test_bring_in_every_report_and_match_every_claim(
    page: Page, live: str, shop: Merchant, tmp_path: Path, worker: object
) -> None:
    sign_in(page, live)
    refuse(page, live, tmp_path)
    ebay = files.EBAY_ONE.replace("Smith, Pat", "Lee, Ann")
    bring(
        page,
        live,
        tmp_path,
        "ebay.csv",
        old(files.ebay(ebay, files.EBAY_TOTALS, files.EBAY_FIRST, files.EBAY_SECOND)),
        2,
    )
    amazon = ROW | {"purchase-date": "2025-11-15T08:04:21Z", "last-updated-date": "2025-11-16T08:00:00Z"}
    bring(page, live, tmp_path, "amazon.txt", amazon_report(amazon), 1)
    bring(page, live, tmp_path, "items.csv", old(files.etsy_items()), 1)
    complete(page, live, tmp_path)
    header: list[object] = list(files.WALMART_HEADER.split(","))
    row: list[object] = [
        "108800000000001",
        "200012345678901",
        "2025-11-10",
        "",
        "Ann Lee",
        "",
        "97205",
        1,
        "",
        "Shipped",
    ]
    bring(page, live, tmp_path, "walmart.xlsx", files.workbook(header, [*row, "Kettle", 1, "BB-KET-09", 49.95]), 1)
    again(page, live, tmp_path, "walmart.xlsx")
    look_at_orders(page, live)
    wait_for_matches(page, shop)
    look_at_an_order(page, live)
    with merchant_scope(shop):
        assert set(Claim.objects.values_list("verification", "status")) == {("match", "verified")}
        assert OrderChange.objects.count() == 1


def sign_in(page: Page, live: str) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")


def upload(page: Page, live: str, path: Path) -> None:
    page.goto(f"{live}/m/brew-bloom/imports/new/")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload").click()


def refuse(page: Page, live: str, tmp_path: Path) -> None:
    """A wrong file is refused whole, with the line and the reason."""
    path = tmp_path / "wrong.csv"
    path.write_bytes(old(files.ebay(files.EBAY_ONE, files.EBAY_ONE.replace("12-34567-89012", "oops"))))
    upload(page, live, path)
    expect(page.get_by_text("The file was refused whole; nothing was changed.")).to_be_visible()
    expect(page.get_by_text("Line 5 “oops” is no order number of eBay.")).to_be_visible()
    path.write_bytes(b"name,age\nAnn,3\n")
    upload(page, live, path)
    expect(page.get_by_text("No column means “Order number”")).to_be_visible()


def bring(page: Page, live: str, tmp_path: Path, name: str, content: bytes, orders: int) -> None:
    """Upload, look at what would happen, apply."""
    path = tmp_path / name
    path.write_bytes(content)
    upload(page, live, path)
    expect(page.get_by_text("Ready to apply").first).to_be_visible()
    expect(page.locator(".counts")).to_contain_text(f"Added{orders}")
    page.get_by_role("button", name=re.compile("Apply")).click()
    expect(page.get_by_text("What was done").first).to_be_visible(timeout=60_000)


def complete(page: Page, live: str, tmp_path: Path) -> None:
    """Etsy's second file completes what the first one brought."""
    path = tmp_path / "orders.csv"
    path.write_bytes(old(files.etsy_orders(shipped="11/11/25")))
    upload(page, live, path)
    expect(page.get_by_text("import Etsy's “Order Items” as well")).to_be_visible()
    expect(page.locator(".counts")).to_contain_text("Changed1")
    page.get_by_role("button", name=re.compile("Apply")).click()
    expect(page.get_by_text("What was done").first).to_be_visible(timeout=60_000)


def again(page: Page, live: str, tmp_path: Path, name: str) -> None:
    """The same file twice changes nothing."""
    upload(page, live, tmp_path / name)
    expect(page.get_by_text("Everything in this file is there already. Applying it changes nothing.")).to_be_visible()


def look_at_orders(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/orders/?marketplace=walmart")
    expect(page.locator("#grid-region tbody tr")).to_have_count(1)
    page.goto(f"{live}/m/brew-bloom/orders/?q=2301945-8821034&marketplace=amazon")
    page.goto(f"{live}/m/brew-bloom/orders/?sort=number")
    expect(page.locator("#grid-region tbody tr")).to_have_count(5)


def wait_for_matches(page: Page, shop: Merchant) -> None:
    def matched() -> bool:
        with merchant_scope(shop):
            return bool(Claim.objects.filter(verification="match", status="verified").count() == len(TYPED))

    assert until(matched, page=page)


def look_at_an_order(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/orders/?marketplace=etsy")
    page.locator("#grid-region tbody a").first.click()
    expect(page.get_by_role("heading", name="Items")).to_be_visible()
    expect(page.get_by_text("Pour-over kettle").first).to_be_visible()
    history = page.locator("section", has=page.get_by_role("heading", name="Imports and changes"))
    expect(history).to_contain_text("items.csv · Etsy: Order Items")
    expect(history).to_contain_text("orders.csv · Etsy: Orders")
    expect(page.get_by_text("Claims with this order").first).to_be_visible()
    expect(page.get_by_role("link", name=re.compile("Ann Lee")).first).to_be_visible()
