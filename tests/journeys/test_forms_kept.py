"""What somebody typed is not lost: signed out meanwhile, leaving by mistake, or somebody else was quicker."""

import re
from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Dialog, Page, expect

from claims_center.models import Claim
from claims_center.states import Status
from customers.models import Customer
from loyalty.services.canceling import cancel
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, sign_in
from tests.loyalty.bulking import Shelf, by
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
AGENT, PASSWORD = "agent@brew-bloom.example", "brew-the-morning-coffee"
WHY = "The receipt was of last year, and the buyer is somebody else."


@pytest.fixture
def claim(merchant: Merchant) -> Claim:
    """A new claim, and an agent who has a password."""
    Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
    user = User.objects.create_user(AGENT, PASSWORD, name="Ines Fournier")
    Membership.objects.create(merchant=merchant, user=user, role=Role.AGENT)
    with merchant_scope(merchant):
        return make_claim(funnel_with())


def come_in(page: Page) -> None:
    page.get_by_label("Email").fill(AGENT)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def test_give_back_what_was_typed_after_the_session_ended(
    page: Page, live: str, merchant: Merchant, claim: Claim
) -> None:
    enter(page, live, sign_in(merchant, Role.AGENT))
    edit = f"{live}/m/{merchant.slug}/customers/{claim.customer_id}/edit/"
    page.goto(edit)
    page.get_by_label("First name").fill("Inès Margaux")
    page.get_by_label("Street").fill("Rue de la Paix 4, second yard")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You were signed out")).to_be_visible()
    typed = page.get_by_role("region", name="What you typed")
    expect(typed).to_contain_text("Inès Margaux")
    expect(typed).to_contain_text("Rue de la Paix 4, second yard")
    assert look(page, "signed-out") == []
    # The way in opens beside it and leads back to the form; what was typed still stands here.
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in in a new tab").click()
    come_in(opened.value)
    expect(opened.value).to_have_url(edit)
    expect(typed).to_contain_text("Inès Margaux")
    with merchant_scope(merchant):
        assert Customer.objects.get(id=claim.customer_id).first_name != "Inès Margaux"


def test_send_what_stands_in_a_dialog_once_signed_in_again(
    page: Page, live: str, merchant: Merchant, claim: Claim
) -> None:
    here = f"{live}/m/{merchant.slug}/claims/{claim.id}/"
    page.goto(here)
    come_in(page)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name=re.compile("^Reject")).click()
    dialog = page.get_by_role("dialog", name="Reject")
    dialog.get_by_label("What the customer is told").fill(WHY)
    Session.objects.all().delete()
    dialog.get_by_role("button", name="Reject").click()
    expect(page.locator(".toast", has_text="You were signed out, and nothing was saved.")).to_be_visible()
    expect(dialog.get_by_label("What the customer is told")).to_have_value(WHY)
    beside = page.context.new_page()
    beside.goto(here)
    come_in(beside)
    expect(beside).to_have_url(here)
    dialog.get_by_role("button", name="Reject").click()
    expect(page.locator("h1 .badge")).to_have_text("Rejected")
    with merchant_scope(merchant):
        assert Claim.objects.get(id=claim.id).status == Status.REJECTED


def test_ask_before_a_changed_form_is_left(page: Page, live: str, merchant: Merchant, claim: Claim) -> None:
    enter(page, live, sign_in(merchant, Role.AGENT))
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    edit = f"{live}/m/{merchant.slug}/customers/{claim.customer_id}/edit/"
    page.goto(edit)
    page.get_by_role("link", name="Cancel").click()
    expect(page).not_to_have_url(edit)
    page.goto(edit)
    page.get_by_label("First name").fill("Margaux")
    page.get_by_role("link", name="Cancel").click(no_wait_after=True)
    assert until(lambda: asked == ["beforeunload"], page=page)
    expect(page.get_by_label("First name")).to_have_value("Margaux")
    # Saving leaves the form as well, and nobody asks.
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=re.compile("^Margaux"))).to_be_visible()
    assert asked == ["beforeunload"]


def test_read_in_the_dialog_that_somebody_was_quicker(page: Page, live: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = Shelf().row("gift")
    enter(page, live, sign_in(merchant, Role.ADMIN))
    page.goto(f"{live}/m/{merchant.slug}/redeemed-rewards/{row.id}/")
    page.get_by_role("link", name="Mark as Used").click()
    dialog = page.get_by_role("dialog", name="Mark as Used")
    expect(dialog.get_by_role("button", name="Mark as Used")).to_be_visible()
    with merchant_scope(merchant):
        cancel(redeemed_id=row.id, refund=True, **by())
    dialog.get_by_role("button", name="Mark as Used").click()
    expect(dialog.get_by_role("alert")).to_contain_text("canceled")
    expect(page.locator(".toast")).to_have_count(0)
    dialog.get_by_role("link", name="Close").click()
    expect(dialog).to_be_hidden()


def test_call_the_way_out_of_canceling_something_else(page: Page, live: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = Shelf().row("gift")
    enter(page, live, sign_in(merchant, Role.ADMIN))
    page.goto(f"{live}/m/{merchant.slug}/redeemed-rewards/{row.id}/")
    for act, way_out in (("Cancel reward", "Keep it"), ("Mark as Used", "Cancel")):
        page.get_by_role("link", name=act).click()
        dialog = page.get_by_role("dialog", name=act)
        expect(dialog.get_by_role("button", name=act)).to_be_visible()
        dialog.get_by_role("link", name=way_out, exact=True).click()
        expect(dialog).to_be_hidden()
    expect(page.locator("h1 .badge")).to_have_text("Active")


def test_close_a_dialog_by_a_slip_only_where_nothing_was_typed(
    page: Page, live: str, merchant: Merchant, claim: Claim
) -> None:
    enter(page, live, sign_in(merchant, Role.AGENT))
    here = f"{live}/m/{merchant.slug}/claims/{claim.id}/"
    page.goto(here)
    dialog = page.get_by_role("dialog", name="Reject")
    words = dialog.get_by_label("What the customer is told")

    def ask() -> None:
        page.get_by_role("button", name="More").click()
        page.get_by_role("link", name=re.compile("^Reject")).click()
        expect(words).to_be_focused()

    slips: list[Callable[[], None]] = [lambda: page.keyboard.press("Escape"), lambda: page.mouse.click(5, 5)]
    for slip in slips:
        ask()
        slip()
        expect(dialog).to_be_hidden()
        ask()
        page.keyboard.type(WHY)
        slip()
        expect(page.locator(".toast", has_text="What you typed is not saved.").last).to_be_visible()
        expect(words).to_have_value(WHY)
        slip()
        expect(dialog).to_be_hidden()


def test_stay_on_the_page_below_a_dialog(page: Page, live: str, merchant: Merchant, claim: Claim) -> None:
    """Its address is the page's: loaded anew the page comes, and the way back leads where one came from."""
    enter(page, live, sign_in(merchant, Role.AGENT))
    there, here = f"{live}/m/{merchant.slug}/customers/", f"{live}/m/{merchant.slug}/claims/{claim.id}/"
    page.goto(there)
    page.goto(here)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name=re.compile("^Reject")).click()
    dialog = page.get_by_role("dialog", name="Reject")
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(page).to_have_url(here)
    dialog.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(here)
    page.go_back()
    expect(page).to_have_url(there)
