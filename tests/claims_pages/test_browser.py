"""The Claims Center in a browser."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from claims_center.services import gifts
from claims_center.states import Status
from jobs.models import Job
from jobs.runner import run_one
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import NOW, funnel_with, make_claim, make_order, path, sign_in
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]


def filled(merchant: Merchant, request: pytest.FixtureRequest, rounds: int) -> list[Claim]:
    client = sign_in(merchant, Role.ADMIN)
    request.node.client = client
    with merchant_scope(merchant):
        return fill(client.user, rounds=rounds)  # type: ignore[attr-defined]


@pytest.fixture
def claims(merchant: Merchant, request: pytest.FixtureRequest) -> list[Claim]:
    """Every way of a claim with every kind of gift."""
    return filled(merchant, request, 3)


@pytest.fixture
def few_claims(merchant: Merchant, request: pytest.FixtureRequest) -> list[Claim]:
    """Every way of a claim once: axe takes its time over every row."""
    return filled(merchant, request, 1)


def test_look_at_the_list(
    page: Page, live_server: LiveServer, merchant: Merchant, few_claims: list[Claim], request: pytest.FixtureRequest
) -> None:
    complaints = enter(page, live_server.url, request.node.client)
    page.goto(live_server.url + path(merchant, "claims"))
    assert look(page, "claims") == []
    page.set_viewport_size({"width": 1440, "height": 900})
    page.locator("#overview-toggle").click()
    expect(page.locator(".overview-body")).to_be_visible()
    assert look(page, "claims-chart") == []
    assert complaints == []


def test_look_at_a_claim_in_every_state(
    page: Page, live_server: LiveServer, merchant: Merchant, claims: list[Claim], request: pytest.FixtureRequest
) -> None:
    complaints = enter(page, live_server.url, request.node.client)
    with merchant_scope(merchant):
        wanted = {
            f"{status}-{kind}": Claim.objects.filter(status=status, promotion_kind=kind).first()
            for status in Status.values
            for kind in ("digital", "physical")
        }
    for name, claim in wanted.items():
        if claim is not None:
            page.goto(live_server.url + path(merchant, "claims", claim.id))
            assert look(page, f"claim-{name}") == [], name
    assert complaints == []


def test_bring_a_claim_through_with_and_without_scripts(
    page: Page, browser: Browser, live_server: LiveServer, merchant: Merchant
) -> None:
    client = sign_in(merchant)
    with merchant_scope(merchant):
        funnel = funnel_with()
        make_order(funnel)
        first, second = (
            make_claim(funnel),
            make_claim(funnel, email="b@example.com", order_number="112-0000000-0000009"),
        )
    context = browser.new_context(java_script_enabled=False)
    for one, claim in ((page, first), (context.new_page(), second)):
        enter(one, live_server.url, client)
        one.goto(live_server.url + path(merchant, "claims", claim.id))
        if claim == first:
            one.get_by_role("button", name="Verify").click()
        else:
            one.get_by_role("link", name="Verify").first.click()
            one.get_by_label("Why is it right nevertheless?").fill("Receipt seen")
            one.get_by_role("button", name="Verify").click()
        one.get_by_role("button", name="Send Gift by Email").click()
        expect(one.get_by_text("Queued").first).to_be_visible()
        one.get_by_role("button", name="Mark as Processed").click()
        expect(one.get_by_role("heading", name="Processed", exact=True)).to_be_visible()
        one.get_by_role("button", name="Unprocess").click()
        expect(one.get_by_role("button", name="Mark as Processed")).to_be_visible()
    context.close()


def test_reject_in_the_dialog(page: Page, live_server: LiveServer, merchant: Merchant, claim: Claim) -> None:
    complaints = enter(page, live_server.url, sign_in(merchant))
    page.goto(live_server.url + path(merchant, "claims", claim.id))
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Reject").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_be_visible()
    assert look(page, "claim-reject-dialog") == []
    dialog.get_by_label("What the customer is told").fill("Not our product")
    dialog.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("Not our product").first).to_be_visible()
    assert complaints == []


def test_verify_selected_claims(
    page: Page, live_server: LiveServer, merchant: Merchant, claims: list[Claim], request: pytest.FixtureRequest
) -> None:
    complaints = enter(page, live_server.url, request.node.client)
    page.goto(live_server.url + path(merchant, "claims") + "?status=new")
    page.locator("[data-row]").nth(0).check()
    page.locator("[data-row]").nth(1).check()
    assert look(page, "claims-bulk") == []
    page.locator("#bulk").get_by_role("button", name="Verify").click()
    expect(page.get_by_text("Will be done").first).to_be_visible()
    assert look(page, "bulk-confirm") == []
    page.get_by_role("button", name="Verify: ").click()
    expect(page.locator("progress")).to_be_visible()
    with merchant_scope(merchant):
        job = Job.objects.get(kind="claims.bulk")
    run_one(merchant.id, job.id)
    # The page comes anew once it is done.
    expect(page.get_by_role("button", name="Undo …")).to_be_visible()
    assert look(page, "bulk-result") == []
    assert complaints == []


def test_show_the_code_in_the_dialog(page: Page, live_server: LiveServer, merchant: Merchant, claim: Claim) -> None:
    client = sign_in(merchant)
    with merchant_scope(merchant):
        gifts.send_gift(claim_id=claim.id, reason="x", actor=Actor.system(), now=NOW)
    complaints = enter(page, live_server.url, client)
    page.goto(live_server.url + path(merchant, "claims", claim.id))
    page.get_by_role("button", name="Show the code").click()
    expect(page.locator("#dialog").get_by_label("Code")).to_have_value("BARISTA-2026")
    assert complaints == []
