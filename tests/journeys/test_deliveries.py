"""What becomes of mails: providers report and claims follow, what is no longer right is not sent, readers can stop reminders."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim, Funnel, Journey, ReminderRefusal
from jobs.models import Job
from jobs.runner import run_kind
from messaging.models import Message
from messaging.services import suppress
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, path, sign_in
from tests.messaging.reports import NOW, PASSWORD, apply_reports, postmark, postmark_bounce
from tests.public.factories import make_funnel
from tests.public.walker import CONTACT, Walker
from tests.support.seeing import enter

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    """The password in the hooks' addresses, and no brakes on the public pages."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD}
    settings.RATE_LIMIT_FACTOR = 1000.0


@pytest.fixture
def staff(page: Page, live_server: LiveServer, merchant: Merchant) -> str:
    """The address of the merchant's pages, in a browser in which an admin is signed in."""
    enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    return live_server.url + path(merchant)


def verified_claims(merchant: Merchant, *names: str) -> list[Claim]:
    with merchant_scope(merchant):
        funnel = funnel_with()
        found = []
        for place, name in enumerate(names, 1):
            number = f"112-7391030-{place:07}"
            make_order(funnel, number)
            found.append(make_claim(funnel, email=f"{name}@example.com", last_name=name, order_number=number))
        return found


def send_gift(page: Page, staff: str, claim: Claim) -> None:
    page.goto(f"{staff}claims/{claim.id}/")
    page.get_by_role("button", name="Verify").click()
    page.get_by_role("button", name="Send Gift by Email").click()
    shows(page, "Queued")


def shows(page: Page, status: str) -> None:
    delivery = page.locator("section", has=page.get_by_role("heading", name="Promotion and delivery"))
    expect(delivery.locator(".badge", has_text=status)).to_be_visible()


def report(page: Page, live: str, merchant: Merchant, body: dict[str, Any]) -> None:
    """Post a report as the provider does, and have it applied."""
    answer = page.request.post(
        f"{live}/hooks/{merchant.public_id}/mail/postmark/",
        data=body,
        headers={"Authorization": "Basic aG9vazpzZWNyZXQtb2YtdGhlLWhvb2s="},
    )
    assert answer.status == 200
    apply_reports(merchant)
    page.reload()


def gift_mail(merchant: Merchant, claim: Claim) -> Message:
    with merchant_scope(merchant):
        found: Message = Message.objects.filter(origin_id=claim.id, kind="claim.gift").latest("seq")
    return found


def test_follow_the_providers_reports(page: Page, live_server: LiveServer, staff: str, merchant: Merchant) -> None:
    ann, bob = verified_claims(merchant, "ann", "bob")
    for claim in (ann, bob):
        send_gift(page, staff, claim)
    run_kind(merchant.id, "message.send")
    page.goto(f"{staff}claims/{ann.id}/")
    shows(page, "Sent")
    letter = gift_mail(merchant, ann)
    for record, status in (("Delivery", "Delivered"), ("Open", "Opened")):
        report(page, live_server.url, merchant, postmark(letter, record))
        shows(page, status)
    # A report that comes late takes nothing back.
    report(page, live_server.url, merchant, postmark(letter, "Delivery", MessageID="late"))
    shows(page, "Opened")
    complaint = postmark_bounce(letter, "SpamComplaint") | {"RecordType": "SpamComplaint", "BouncedAt": NOW}
    report(page, live_server.url, merchant, complaint)
    shows(page, "Complained")
    page.goto(f"{staff}claims/{bob.id}/")
    report(page, live_server.url, merchant, postmark_bounce(gift_mail(merchant, bob)) | {"ID": 7})
    shows(page, "Bounced")
    page.goto(f"{staff}claims/")
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Problems").click()
    expect(page.locator("#grid-region tbody tr")).to_have_count(2)
    page.goto(f"{staff}deliveries/")
    expect(page.locator("#grid-region tbody tr")).to_have_count(2)
    forged = page.request.post(
        f"{live_server.url}/hooks/{merchant.public_id}/mail/postmark/", data={"RecordType": "Open"}
    )
    assert forged.status == 403


def test_send_nothing_that_is_no_longer_right(page: Page, staff: str, merchant: Merchant) -> None:
    (claim,) = verified_claims(merchant, "ann")
    send_gift(page, staff, claim)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Reject").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What the customer is told").fill("The order was refunded.")
    dialog.get_by_label("Tell the customer by e-mail too").uncheck()
    dialog.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("The order was refunded.").first).to_be_visible()
    run_kind(merchant.id, "message.send")
    assert mail.outbox == []
    page.goto(f"{staff}deliveries/?all=1")
    page.goto(f"{staff}deliveries/?status=skipped&status=failed")
    expect(page.locator("#grid-region tbody tr")).to_have_count(1)


def test_see_what_failed_and_send_it_again(page: Page, staff: str, merchant: Merchant) -> None:
    (claim,) = verified_claims(merchant, "ann")
    send_gift(page, staff, claim)
    with merchant_scope(merchant):
        suppress(email="ann@example.com", reason="She asked", actor=Actor.system(), now=timezone.now())
    run_kind(merchant.id, "message.send")
    assert mail.outbox == []
    page.reload()
    shows(page, "Failed")
    page.goto(f"{staff}deliveries/")
    row = page.locator("#grid-region tbody tr")
    expect(row.locator(".badge", has_text="Failed")).to_be_visible()
    row.get_by_role("link").first.click()
    page.get_by_role("link", name="Allow this address again").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("She wants it after all")
    dialog.get_by_role("button", name="Allow this address again").click()
    page.get_by_role("link", name="Resend").click()
    dialog.get_by_label("Reason").fill("She wants it after all")
    dialog.get_by_role("button", name="Resend").click()
    expect(page.get_by_text("Sent again as number 2").first).to_be_visible()
    run_kind(merchant.id, "message.send")
    (letter,) = mail.outbox
    assert letter.to[0].endswith("<ann@example.com>")
    page.goto(f"{staff}claims/{claim.id}/")
    shows(page, "Sent")


def reminder_of(merchant: Merchant, funnel: Funnel) -> Any:
    """The reminder that a visitor asked for, as it goes out."""
    walker = Walker(Client(REMOTE_ADDR="198.51.100.7"), merchant, funnel)
    walker.walk(until="contact")
    walker.post("contact", **CONTACT | {"remind": "on"})
    past = timezone.now() - timedelta(minutes=1)
    with merchant_scope(merchant):
        Journey.objects.filter(remind_at__isnull=False).update(remind_at=past)
        Job.objects.filter(kind="claims.remind").update(next_at=past)
    run_kind(merchant.id, "claims.remind")
    run_kind(merchant.id, "message.send")
    return mail.outbox.pop()


def test_stop_reminders_by_one_press(
    page: Page, live_server: LiveServer, merchant: Merchant, other_merchant: Merchant
) -> None:
    letters = {}
    for whose in (merchant, other_merchant):
        with merchant_scope(whose):
            funnel = make_funnel(remind_after_hours=2)
        letters[whose.slug] = reminder_of(whose, funnel)
    headers = letters[merchant.slug].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.fullmatch(r"<\S+?(/stop/\S+/)>", headers["List-Unsubscribe"])
    assert found
    address = live_server.url + found[1]
    # Opening the link stops nothing: mail programs open links by themselves.
    page.goto(address)
    expect(page.get_by_role("heading", name="No more reminders?")).to_be_visible()
    expect(page.get_by_text("i•••@example.com")).to_be_visible()
    # The mail program's own press: no cookies, no token.
    for _press in range(2):
        answer = page.request.post(address, form={"List-Unsubscribe": "One-Click"}, headers={"Cookie": ""})
        assert answer.status == 200
    page.reload()
    expect(page.get_by_role("heading", name="No more reminders", exact=True)).to_be_visible()
    expect(page.get_by_role("button")).to_have_count(0)
    for whose, refusals in ((merchant, 1), (other_merchant, 0)):
        with merchant_scope(whose):
            assert ReminderRefusal.objects.count() == refusals
            # Reminders alone: everything else still reaches the address.
            assert Message.objects.filter(status="sent").count() == 1
    assert page.request.get(address.rstrip("/") + "x/").status == 404
    other = re.search(r"/stop/\S+/", letters[other_merchant.slug].message()["List-Unsubscribe"])
    assert other
    page.goto(live_server.url + other[0])
    page.get_by_role("button", name="Send me no reminders").click()
    expect(page.get_by_text("sends no reminders to i•••@example.com any more")).to_be_visible()
