"""Code pools, for real: filled, emptied, waited for, served in order, watched, downloaded, put away."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from claims_center.models import Claim, Listing
from claims_center.services.catalogue import create_product, create_promotion
from claims_center.services.funnels import create_funnel, publish_funnel
from claims_center.services.submission import ClaimInput, submit_claim
from claims_center.services.verdicts import verify
from codes.models import Code, CodePool
from codes.services import save_pool
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import AuditEvent, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PASSWORD = "brew-the-morning-coffee"
NAMES = ("Ada", "Bea", "Cleo")


@pytest.fixture
def shop() -> Merchant:
    """A merchant with an empty pool and three verified claims that want a code of it."""
    now, system = timezone.now(), Actor.system()
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=system, mfa_required=False)
    user = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Ada Novak")
    with merchant_scope(merchant):
        add_member(merchant=merchant, user=user, role=Role.OWNER, actor=system)
        url = "https://www.amazon.com/dp/B0BBKET090"
        listing = {"marketplace": "amazon", "region": "US", "listing_id": "B0BBKET090", "url": url}
        values = {"title": "Pour-over kettle", "sku": "BB-KET-09"}
        product = create_product(values=values, listings=[listing], actor=system, now=now)
        pool = save_pool(pool=CodePool(merchant_id=merchant.id, name="Gift cards"), actor=system, now=now)
        gift = {"name": "Gift card", "kind": "digital", "source": "pool", "pool_id": pool.id, "value": 10}
        promotion = create_promotion(values=gift, actor=system, now=now)
        facts = {"slug": "thanks", "name": "Thanks", "promotion": promotion, "order_number": "none"}
        funnel = create_funnel(values=facts, product_ids=[product.id], actor=system, now=now)
        publish_funnel(funnel_id=funnel.id, actor=system, now=now)
        for name in NAMES:
            given: dict[str, Any] = {
                "email": f"{name.lower()}@example.com",
                "first_name": name,
                "last_name": "Lee",
                "rating": 5,
            }
            claim = ClaimInput(funnel_id=funnel.id, listing_id=Listing.objects.get().id, op_key=new_id().hex, **given)
            made = submit_claim(given=claim, now=now).claim
            verify(claim_id=made.id, actor=system, now=now)
    return merchant


def test_fill_empty_wait_and_serve_in_order(
    page: Page, live: str, shop: Merchant, tmp_path: Path, worker: object
) -> None:
    sign_in(page, live)
    wait_in_line(page, live, shop)
    refuse_a_file(page, live, tmp_path)
    upload_two_codes(page, live, tmp_path)
    wait_for_gifts(page, shop, {"Ada": "GIFT-0001", "Bea": "GIFT-0002", "Cleo": ""})
    generate(page)
    wait_for_gifts(page, shop, {"Ada": "GIFT-0001", "Bea": "GIFT-0002", "Cleo": re.compile("CARD-")})
    look_at_the_claim(page, live, shop)
    watch(page, live, shop)
    download_and_reveal(page, live, shop)
    put_away(page, live)


def sign_in(page: Page, live: str) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")


def claim_url(live: str, shop: Merchant, name: str) -> str:
    with merchant_scope(shop):
        return f"{live}/m/brew-bloom/claims/{Claim.objects.get(customer_name=f'{name} Lee').id}/"


def wait_in_line(page: Page, live: str, shop: Merchant) -> None:
    """An empty pool is a clear refusal; the claims wait, in the order in which they joined."""
    page.goto(claim_url(live, shop, "Ada"))
    page.get_by_role("button", name="Send Gift by Email").first.click()
    expect(page.get_by_text("The code pool “Gift cards” is empty.").first).to_be_visible()
    for name, place in zip(NAMES, ("1st", "2nd", "3rd"), strict=True):
        page.goto(claim_url(live, shop, name))
        page.get_by_role("button", name="Wait for a code").click()
        expect(page.get_by_text(f"Waiting for a code, {place} in line")).to_be_visible()
    page.goto(claim_url(live, shop, "Ada"))
    page.get_by_role("button", name="Leave the line").click()
    expect(page.get_by_text("The claim no longer waits for a code.").first).to_be_visible()
    page.goto(claim_url(live, shop, "Cleo"))
    expect(page.get_by_text("Waiting for a code, 2nd in line")).to_be_visible()
    page.get_by_role("button", name="Leave the line").click()
    expect(page.get_by_text("The claim no longer waits for a code.").first).to_be_visible()
    page.goto(claim_url(live, shop, "Bea"))
    page.get_by_role("button", name="Leave the line").click()
    expect(page.get_by_text("The claim no longer waits for a code.").first).to_be_visible()
    for name, place in zip(NAMES, ("1st", "2nd", "3rd"), strict=True):
        page.goto(claim_url(live, shop, name))
        page.get_by_role("button", name="Wait for a code").click()
        expect(page.get_by_text(f"Waiting for a code, {place} in line")).to_be_visible()
    page.goto(f"{live}/m/brew-bloom/code-pools/")
    page.get_by_role("link", name="Gift cards").first.click()
    expect(page.get_by_role("heading", name="3 wait for a code")).to_be_visible()
    expect(page.locator("ol.waiting li")).to_have_text([re.compile(name) for name in NAMES])


def refuse_a_file(page: Page, live: str, tmp_path: Path) -> None:
    """Every line that is wrong is named; all of them can be downloaded."""
    path = tmp_path / "codes.csv"
    path.write_text("code\nGIFT-0001\nGIFT 0001\n\nGIFT-0002\n" + "x" * 70 + "\n")
    page.get_by_role("link", name="Upload codes").click()
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload codes").click()
    expect(page.get_by_text("The same code stands in line 2 already.")).to_be_visible()
    expect(page.get_by_text("This code is longer than 64 characters.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all lines with their reasons").click()
    lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert lines == [
        "line,reason",
        "3,The same code stands in line 2 already.",
        "6,This code is longer than 64 characters.",
    ]


def upload_two_codes(page: Page, live: str, tmp_path: Path) -> None:
    path = tmp_path / "good.csv"
    path.write_text("code\nGIFT-0001\nGIFT-0002\n")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload codes").click()
    expect(page.get_by_text("2 codes were added.")).to_be_visible()


def wait_for_gifts(page: Page, shop: Merchant, wanted: dict[str, "str | re.Pattern[str]"]) -> None:
    def given() -> bool:
        with merchant_scope(shop):
            codes = dict(Claim.objects.values_list("customer_name", "gift_code"))
        return all(
            re.fullmatch(code, codes[f"{name} Lee"]) if isinstance(code, str) else code.match(codes[f"{name} Lee"])
            for name, code in wanted.items()
        )

    assert until(given, page=page)


def generate(page: Page) -> None:
    """Five examples first; then codes without the signs that are left out."""
    page.get_by_role("link", name="Generate codes").click()
    page.get_by_label("Pattern").fill("CARD-####-????")
    page.get_by_label("Signs left out").fill("01ILOAEU")
    page.get_by_label("How many").fill("30")
    page.get_by_role("button", name="Show five examples").click()
    expect(page.get_by_text(re.compile("^CARD-[2-9]{4}-[A-Z]{4}$"))).to_have_count(5)
    page.get_by_role("button", name="Generate codes").click()
    expect(page.get_by_text("30 codes were added.")).to_be_visible()


def look_at_the_claim(page: Page, live: str, shop: Merchant) -> None:
    page.goto(claim_url(live, shop, "Cleo"))
    for words in ("Waits for a code", "No longer waits for a code", "Gift sent by e-mail"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()


def watch(page: Page, live: str, shop: Merchant) -> None:
    """A pool that is low warns, by count and by days."""
    with merchant_scope(shop):
        pool = CodePool.objects.get()
    page.goto(f"{live}/m/brew-bloom/code-pools/{pool.id}/edit/")
    page.get_by_label("Warn when so many codes are left").fill("50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This pool is running low.")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d+ days?$")).first).to_be_visible()


def download_and_reveal(page: Page, live: str, shop: Merchant) -> None:
    """Whoever sees codes in full is written down."""
    page.get_by_role("link", name="Download").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the codes").click()
    assert "GIFT-0001" in download.value.path().read_text(encoding="utf-8-sig")
    with merchant_scope(shop):
        assert AuditEvent.objects.get(action="code_pool.exported").after == {"codes": 32}
        assert Code.objects.count() == 32


def put_away(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/code-pools/")
    page.get_by_role("link", name="Gift cards").first.click()
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("button", name="Archive").click()
    expect(page.get_by_text("The pool was archived.")).to_be_visible()
