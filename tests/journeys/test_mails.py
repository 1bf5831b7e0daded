"""Mails for real: a merchant's own words, a customer who is asked and answers, a gift that comes back and arrives.

Web server, worker, database, queue and browser are the real ones; mail goes out as files.
"""

import email
import email.policy
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from claims_center.models import Claim, ClaimChange
from messaging.models import Message, Suppression
from messaging.states import Status
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import make_order
from tests.journeys.test_main_job import claim_a_gift, shop, sign_in
from tests.messaging.reports import apply_reports
from tests.support.seeing import look
from tests.support.waiting import fits, until

__all__ = ["shop"]
pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

NUMBER = "111-2301945-8821034"
QUESTION = "Which number stands on your order?"


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    """The customer's own browser: a phone without scripts."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}, locale="en-US")
    yield context.new_page()
    context.close()


def test_keep_the_customer_told(
    page: Page, customer: Page, live: str, shop: Merchant, mail_dir: Path, worker: object
) -> None:
    with merchant_scope(shop):
        make_order(NUMBER)
    sign_in(page, live)
    write_own_words(page, live, mail_dir)
    claim_a_gift(customer, live, number="112-0000000-0000000", who="Bounce Fournier")
    tracker = tracker_in(wait_for(page, mail_dir, "We received your claim"))
    with merchant_scope(shop):
        claim_id = Claim.objects.get().id
    ask(page, f"{live}/m/brew-bloom/claims/{claim_id}/")
    assert "Dear Bounce, one question." in str(
        wait_for(page, mail_dir, "One question", to="bounce@").get_content_body()
    )
    answer(customer, f"{live}{tracker}")
    send_gift(page)
    reach_the_customer(page, live, shop, mail_dir, customer, f"{live}{tracker}")
    with merchant_scope(shop):
        check_records()


def write_own_words(page: Page, live: str, mail_dir: Path) -> None:
    page.goto(f"{live}/m/brew-bloom/mails/")
    seen(page, "mails-list")
    page.get_by_role("link", name="Question about a claim", exact=True).click()
    page.get_by_label("Subject").fill("One question, {frist_name}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("{frist_name} is not a field of this e-mail.").first).to_be_visible()
    page.get_by_label("Subject").fill("One question, {first_name}")
    page.get_by_label("Text", exact=True).fill(
        "Dear {first_name}, one question.\n\n{reason}\n\nhttps://shop.example/help"
    )
    letter = page.frame_locator(".mail-frame")
    expect(letter.get_by_text("Dear Robin, one question.")).to_be_visible()
    expect(letter.get_by_role("link", name="https://shop.example/help")).to_be_visible()
    seen(page, "mails-edit")
    for view in ("Phone", "Phone, dark"):
        page.get_by_label(view, exact=True).check()
        expect(page.locator(f".mail-frame-{'dark' if 'dark' in view else 'phone'}")).to_be_visible()
        expect(letter.get_by_text("Dear Robin, one question.")).to_be_visible()
        seen(page, f"mails-{view.replace(', ', '-').lower()}")
    page.get_by_label("Plain text").check()
    expect(page.locator("pre.mail-text")).to_contain_text("Dear Robin, one question.")
    page.get_by_role("button", name="Send a test to me").click()
    expect(page.get_by_text("A test is on its way")).to_be_visible()
    assert "This is a test." in str(wait_for(page, mail_dir, "[Test] One question, Robin").get_content_body())
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your words")).to_be_visible()


def ask(page: Page, claim: str) -> None:
    page.goto(claim)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Ask for information").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Ready sentence")).to_contain_text("We cannot find an order with this number")
    dialog.get_by_role("textbox", name="What the customer is told").fill(QUESTION)
    expect(dialog.get_by_label("Tell the customer by e-mail too")).to_be_checked()
    seen(page, "claim-ask")
    dialog.get_by_role("button", name="Ask for information").click()
    expect(page.get_by_text("Wait for the customer")).to_be_visible()
    expect(page.get_by_text("E-mail: Question about a claim", exact=True)).to_be_visible()


def answer(customer: Page, tracker: str) -> None:
    customer.goto(tracker)
    expect(customer.get_by_role("heading", name="We need something from you")).to_be_visible()
    expect(customer.get_by_text(QUESTION).first).to_be_visible()
    customer.get_by_role("button", name="Send my answer").click()
    expect(customer.get_by_text("Write an answer first.").first).to_be_visible()
    customer.get_by_role("textbox", name=re.compile("^Your answer")).fill("Sorry, I looked at the wrong one.")
    customer.get_by_role("textbox", name=re.compile("^Order number, if it was wrong")).fill(NUMBER)
    picture(customer, "tracker-answer-phone")
    customer.get_by_role("button", name="Send my answer").click()
    expect(customer.get_by_text("Thank you, your answer has come in.")).to_be_visible()
    expect(customer.get_by_role("heading", name="We are checking your claim")).to_be_visible()
    picture(customer, "tracker-answered-phone")


def send_gift(page: Page) -> None:
    wait_until_shown(page, "Match")
    expect(page.get_by_text("Customer answered").first).to_be_visible()
    expect(page.get_by_text("Sorry, I looked at the wrong one.").first).to_be_visible()
    seen(page, "claim-answered")
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Send Gift by Email").click()
    expect(page.get_by_text(re.compile("Queued|Sent")).first).to_be_visible()


def reach_the_customer(page: Page, live: str, shop: Merchant, mail_dir: Path, customer: Page, tracker: str) -> None:
    wait_for(page, mail_dir, "Your gift from")
    wait_for_status(page, shop, Status.SENT, kind="claim.gift")
    apply_reports(shop)
    page.goto(f"{live}/m/brew-bloom/deliveries/")
    expect(page.get_by_role("link", name=re.compile("Bounced"))).to_be_visible()
    seen(page, "deliveries")
    page.locator("tbody").get_by_role("link", name="Bounce Fournier").first.click()
    expect(page.get_by_text("There is no such mailbox (5.1.1)").first).to_be_visible()
    expect(page.get_by_text("Sending to it is refused; correct the address instead.")).to_be_visible()
    seen(page, "delivery")
    page.get_by_role("link", name="Correct address and send again").click()
    page.get_by_role("dialog").get_by_label("E-mail").fill("ines@example.com")
    page.get_by_role("dialog").get_by_role("button", name="Correct address and send again").click()
    expect(page.get_by_text("Sent again as number").first).to_be_visible()
    letter = wait_for(page, mail_dir, "Your gift from", to="ines@example.com")
    assert "Your code:" in str(letter.get_content_body())
    picture_of_mail(page, letter)
    page.goto(f"{live}/m/brew-bloom/deliveries/suppressed/")
    expect(page.get_by_text("bounce@example.com").first).to_be_visible()
    seen(page, "suppressions")
    customer.goto(tracker)
    expect(customer.get_by_role("heading", name="Your gift is on its way")).to_be_visible()
    expect(customer.get_by_text("i•••@example.com").first).to_be_visible()
    wait_for_status(page, shop, Status.SENT, to_address="ines@example.com")
    apply_reports(shop)
    customer.reload()
    customer.get_by_role("button", name="I did not get the e-mail").click()
    expect(customer.get_by_text("Somebody looks into it").first).to_be_visible()
    picture(customer, "tracker-missing-phone")


class Letter:
    """A mail that went out."""

    def __init__(self, path: Path) -> None:
        self.parsed: Any = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        self.subject, self.to = str(self.parsed["Subject"]), str(self.parsed["To"])

    def get_content_body(self, kind: str = "plain") -> str:
        """One of its two bodies."""
        return str(self.parsed.get_body((kind,)).get_content())


def wait_for(page: Page, mail_dir: Path, subject: str, to: str = "") -> Letter:
    def meant() -> list[Letter]:
        letters = map(Letter, mail_dir.glob("**/*.eml"))
        return [letter for letter in letters if subject in letter.subject and to in letter.to]

    (found,) = until(meant, page=page)
    return found


def wait_for_status(page: Page, shop: Merchant, status: str, **which: str) -> None:
    def has_come() -> bool:
        with merchant_scope(shop):
            return bool(Message.objects.filter(status=status, **which).exists())

    assert until(has_come, page=page), status


def wait_until_shown(page: Page, words: str) -> None:
    def shows() -> bool:
        page.reload()
        return page.locator("main .badge", has_text=words).count() > 0

    assert until(shows), words


def tracker_in(letter: Letter) -> str:
    found = re.search(r"/track/[\w.-]+/", letter.get_content_body())
    assert found
    assert found[0] in letter.get_content_body("html")
    return found[0]


def seen(page: Page, name: str) -> None:
    """Where pictures are wanted: look at the page at both widths, light and dark; else go on."""
    if os.environ.get("SCREENSHOTS"):
        assert look(page, name) == []
        page.set_viewport_size({"width": 1440, "height": 900})
        page.emulate_media(color_scheme="light")


def picture(page: Page, name: str) -> None:
    if os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"{name}.png", full_page=True)


def picture_of_mail(page: Page, letter: Letter) -> None:
    if not os.environ.get("SCREENSHOTS"):
        return
    context = page.context.browser.new_context()  # type: ignore[union-attr]
    mail = context.new_page()
    mail.set_content(letter.get_content_body("html"))
    for width in (1024, 390):
        for scheme in ("light", "dark"):
            mail.set_viewport_size({"width": width, "height": 700})
            mail.emulate_media(color_scheme=scheme)
            mail.screenshot(path=Path(os.environ["SCREENSHOTS"]) / f"mail-gift-{width}-{scheme}.png")
            assert fits(mail, width)
    context.close()


def check_records() -> None:
    claim = Claim.objects.get()
    events = list(ClaimChange.objects.filter(claim=claim).order_by("seq").values_list("event", flat=True))
    for event in (
        "claim.info_asked",
        "claim.order_corrected",
        "claim.answered",
        "claim.gift_resent",
        "claim.mail_missed",
    ):
        assert events.count(event) == 1, event
    kinds = list(Message.objects.order_by("queued_at").values_list("kind", flat=True))
    assert sorted(kinds) == ["claim.gift", "claim.gift", "claim.needs_info", "claim.received", "mail.trial"]
    assert Suppression.objects.get().email_norm == "bounce@example.com"
    assert AuditEvent.objects.filter(action="mail_text.changed").count() == 1
