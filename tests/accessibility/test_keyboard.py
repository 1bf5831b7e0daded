"""The whole main job without a mouse: the focus is always seen, never caught, and never under something else."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.accessibility.conftest import Desk
from tests.claims_pages.factories import funnel_with, make_claim, make_order
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
PASSWORD = "brew-the-morning-coffee"
MOST = 140


@pytest.fixture
def claim(merchant: Merchant) -> Claim:
    """A new claim whose order is known, and an agent who has a password."""
    Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
    user = User.objects.create_user("agent@brew-bloom.example", PASSWORD, name="Ines Fournier")
    Membership.objects.create(merchant=merchant, user=user, role=Role.AGENT)
    with merchant_scope(merchant):
        funnel = funnel_with()
        make_order(funnel)
        make_claim(funnel, email="tom@example.com", first_name="Tom", last_name="Okafor", order_number="1")
        return make_claim(funnel)


class Keys:
    """Ten fingers at a keyboard; every stop of the focus is looked at."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.add_init_script(PROBES)

    def look(self) -> dict[str, Any]:
        """Note what is wrong with the focus where it is now."""
        seen: dict[str, Any] = self.page.evaluate("window.probes.focus()")
        if not seen.get("end"):
            here = f"{self.page.url.partition('/m/')[2]}: {seen['name']}"
            self.faults += [f"no focus seen: {here}"] if not seen["lined"] and not seen["text"] else []
            self.faults += [f"out of sight: {here}"] if not seen["inSight"] else []
            self.faults += [f"covered: {here}"] if seen["covered"] else []
        return seen

    def tab_to(self, role: Any, name: str | re.Pattern[str]) -> None:
        """Press Tab until the focus is there; fail where it never comes."""
        wanted = self.page.get_by_role(role, name=name).first
        expect(wanted).to_be_visible()
        for _ in range(MOST):
            self.page.keyboard.press("Tab")
            self.look()
            if wanted.evaluate("e => e === document.activeElement"):
                return
        raise AssertionError(f"Tab never comes to {role} {name}")

    def press(self, role: Any, name: str | re.Pattern[str], key: str = "Enter") -> None:
        """Go there and press a key."""
        self.tab_to(role, name)
        self.page.keyboard.press(key)


def test_bring_a_claim_through_by_keys_alone(page: Page, live_server: LiveServer, claim: Claim) -> None:
    keys = Keys(page)
    page.goto(live_server.url)
    keys.tab_to("textbox", "Email")
    page.keyboard.type("agent@brew-bloom.example")
    keys.tab_to("textbox", "Password")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/claims/")
    find_the_claim(page, keys)
    fulfil_the_claim(page, keys)
    assert keys.faults == []


def find_the_claim(page: Page, keys: Keys) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    keys.press("button", re.compile("^Status"))
    keys.press("checkbox", re.compile("^New"), "Space")
    page.wait_for_url("**status=new**")
    # The popover is open again in the list that has come.
    expect(page.get_by_role("checkbox", name=re.compile("^New")).first).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("fournier")
    page.wait_for_url("**q=fournier**")
    expect(page.locator("#grid-region tbody tr")).to_have_count(1)
    expect(page.locator("#q")).to_be_focused()
    # A single key is a letter while one types; the focus has to leave the search first.
    keys.tab_to("button", re.compile("^Status"))
    page.keyboard.press("j")
    keys.look()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/claims/[0-9a-f-]{36}/"))


def fulfil_the_claim(page: Page, keys: Keys) -> None:
    keys.press("button", "Verify")
    expect(page.get_by_role("button", name="Send Gift by Email")).to_be_visible()
    keys.press("button", "Send Gift by Email")
    expect(page.get_by_text("Queued").first).to_be_visible()
    keys.press("button", "Mark as Processed")
    expect(page.get_by_role("heading", name="Processed", exact=True)).to_be_visible()
    keys.press("button", "Unprocess")
    expect(page.get_by_role("button", name="Mark as Processed")).to_be_visible()
    keys.press("button", "More")
    keys.press("link", re.compile("^Reject"))
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_catch_the_focus_nowhere(desk: Desk) -> None:
    """Tab comes round: past the last control back to the first, each seen where it stands."""
    keys = Keys(desk.page)
    for name in ("claims", "claim", "funnel builder", "public contact"):
        desk.open(name)
        stops = go_round(keys)
        assert len(stops) > 5, name
        assert len(set(stops)) == len(stops), name
    assert keys.faults == []


def go_round(keys: Keys) -> list[int]:
    """Press Tab until the first stop comes again, or the page ends; return the stops. Fails where it never does."""
    keys.page.evaluate("document.activeElement.blur()")
    stops: list[int] = []
    for _ in range(MOST):
        keys.page.keyboard.press("Tab")
        seen = keys.look()
        if seen.get("end") or (len(stops) > 1 and seen["path"] == stops[0]):
            return stops
        # A date is several stops in one field.
        if not stops or seen["path"] != stops[-1]:
            stops.append(seen["path"])
    raise AssertionError("The focus goes in circles.")


def test_keep_the_focus_in_the_tour_and_give_it_back(desk: Desk) -> None:
    page, keys = desk.page, Keys(desk.page)
    desk.open("claims")
    keys.press("link", "Take the tour")
    tour = page.locator("#tour")
    expect(tour).to_be_visible()
    expect(tour.get_by_role("group")).to_be_focused()
    expect(tour.locator("[data-tour-place]")).to_have_text(re.compile("^step 1 "))
    keys.press("button", "Next")
    expect(tour.locator("[data-tour-place]")).to_have_text(re.compile("^step 2 "))
    expect(tour.get_by_role("group")).to_be_focused()
    inside = "document.activeElement === document.body || !!document.activeElement.closest('#tour')"
    for _ in range(8):
        page.keyboard.press("Tab")
        assert until(lambda: page.evaluate(inside))
    with page.expect_response("**/help/tour/**"):
        page.keyboard.press("Escape")
    expect(tour).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()
    expect(page.locator("[data-tour-offer]")).to_have_count(0)
    page.reload()
    expect(page.locator("[data-tour-offer]")).to_have_count(0)
    assert keys.faults == []
    assert desk.complaints == []
