"""The main job, for real: an order report comes in, customers claim, staff fulfil, the ledger proves it.

Web server, worker, database, queue and browser are the real ones; mail goes out as files.
"""

import email
import re
from email.message import Message
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from claims_center.models import Claim, ClaimChange
from claims_center.services.catalogue import create_product, create_promotion
from claims_center.services.funnels import create_funnel, publish_funnel
from codes.models import Code, CodePool
from codes.normalise import value_norm
from codes.services import save_pool
from ledger.models import Entry, Movement
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant
from tests.claims_center.reports import HEADER
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

PASSWORD = "brew-the-morning-coffee"
CODES = ("BREW-7K2M-P4QX", "BREW-9TTC-WW3D", "BREW-HH5Z-8RNV")
ROW = (
    "{number}\t{number}\t2026-10-02T08:04:21+00:00\t2026-10-03T22:07:59+00:00\tShipped\tAmazon\tAmazon.com\t\t\tExpedited\t"
    'Pour-over kettle 0.9 l, "gooseneck" spout\tBB-KET-09\tB0BBKET090\tShipped\t1\tUSD\t49.95\t4.12\t\t\t\t\t\t\t'
    "PORTLAND\tOR\t97205-1234\tUS\t\tfalse"
)
FIRST, SECOND = "111-2301945-8821034", "112-7730081-0042765"
STEPS = ["claim.submitted", "claim.verified", "claim.gift_sent", "claim.processed", "claim.unprocessed"]


@pytest.fixture
def shop() -> Merchant:
    """A merchant with one product, a pool of three codes and an open funnel."""
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
        for code in CODES:
            Code.objects.create(pool=pool, value=code, value_norm=value_norm(code), created_at=now)
        gift = {"name": "$10 gift card", "kind": "digital", "source": "pool", "pool_id": pool.id, "value": 10}
        promotion = create_promotion(values=gift, actor=system, now=now)
        facts = {"slug": "thank-you", "name": "Thank-you card", "promotion": promotion}
        funnel = create_funnel(values=facts, product_ids=[product.id], actor=system, now=now)
        publish_funnel(funnel_id=funnel.id, actor=system, now=now)
    return merchant


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """The marketplace's report as it is downloaded: tab-separated, no quoting, trailing columns missing."""
    path = tmp_path / "all-orders.txt"
    rows = ["\t".join(HEADER), ROW.format(number=FIRST), ROW.format(number=SECOND)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_take_a_claim_from_the_report_to_the_processed_gift(
    page: Page, browser: Browser, live: str, shop: Merchant, report: Path, mail_dir: Path, worker: object
) -> None:
    sign_in(page, live)
    import_report(page, live, report)
    without_scripts = browser.new_context(java_script_enabled=False)
    claim_a_gift(without_scripts.new_page(), live, number=f"# {FIRST}", who="Ines Fournier")
    with_scripts = browser.new_context()
    claim_a_gift(with_scripts.new_page(), live, number=SECOND.replace("-", ""), who="Tom Okafor")
    for name in ("Ines Fournier", "Tom Okafor"):
        fulfil(page, live, name, mail_dir)
        take_back(page)
    for context in (without_scripts, with_scripts):
        context.close()
    with merchant_scope(shop):
        check_records()
    call_command("check_ledger", merchant=shop.slug)


def sign_in(page: Page, live: str) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")


def import_report(page: Page, live: str, report: Path) -> None:
    page.goto(f"{live}/m/brew-bloom/imports/")
    page.get_by_role("link", name="Import a file").first.click()
    page.set_input_files("input[type=file]", report)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Ready to apply").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Apply")).click()
    expect(page.get_by_text("What was done").first).to_be_visible(timeout=60_000)


def claim_a_gift(page: Page, live: str, *, number: str, who: str) -> None:
    first, last = who.split()
    page.goto(f"{live}/f/brew-bloom/thank-you/")
    page.get_by_role("radio", name=re.compile("Pour-over kettle")).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Order number").fill(number)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="4 of 5").check()
    page.get_by_label("In your own words").fill("Pours slowly enough for a proper bloom.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill(first)
    page.get_by_label("Surname").fill(last)
    page.get_by_label("E-mail").fill(f"{first.lower()}@example.com")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()


def fulfil(page: Page, live: str, name: str, mail_dir: Path) -> None:
    page.goto(f"{live}/m/brew-bloom/claims/?q={name.split()[1]}")
    expect(page.locator("#grid-region .badge", has_text="Match")).to_be_visible()
    page.get_by_role("link", name=re.compile("Edit")).first.click()
    expect(page.locator("main .badge", has_text="Match").first).to_be_visible()
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Send Gift by Email").click()
    expect(page.get_by_text(re.compile("Queued|Sent|Delivered")).first).to_be_visible()
    letter = wait_for_mail(page, mail_dir, f"{name.split(maxsplit=1)[0].lower()}@example.com")
    assert sum(code in text_of(letter) for code in CODES) == 1
    page.reload()
    page.get_by_role("button", name="Mark as Processed").click()
    expect(page.get_by_role("heading", name="Processed", exact=True)).to_be_visible()


def take_back(page: Page) -> None:
    page.get_by_role("button", name="Unprocess").click()
    expect(page.get_by_role("button", name="Mark as Processed")).to_be_visible()
    for words in ("Claim submitted", "Verified", "Gift sent by e-mail", "Marked as processed", "Unprocessed"):
        expect(page.get_by_text(words, exact=True).first).to_be_visible()


def wait_for_mail(page: Page, mail_dir: Path, address: str) -> Message:
    def meant() -> list[Message]:
        letters = [email.message_from_bytes(path.read_bytes()) for path in mail_dir.glob("**/*.eml")]
        return [one for one in letters if address in str(one["To"]) and "Your gift" in str(one["Subject"])]

    (found,) = until(meant, page=page)
    return found


def text_of(letter: Message) -> str:
    parts = [part for part in letter.walk() if part.get_content_type() == "text/plain"]
    return b"".join(bytes(part.get_payload(decode=True)) for part in parts).decode()


def check_records() -> None:
    assert Claim.objects.count() == 2
    for claim in Claim.objects.all():
        assert (claim.verification, claim.status, claim.rating) == ("match", "verified", 4)
        changes = ClaimChange.objects.filter(claim=claim).order_by("seq").values_list("event", flat=True)
        assert [event for event in changes if event in STEPS] == STEPS
        entries = Entry.objects.filter(origin="claim", origin_id=claim.id).order_by("recorded_at")
        assert [entry.event for entry in entries if entry.event in STEPS] == STEPS
        moved = Movement.objects.filter(entry__in=[entry.id for entry in entries]).count()
        # Issued when the gift was sent, drawn when it was processed, and given back.
        assert moved == 3
