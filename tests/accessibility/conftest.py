"""One shop with something on every screen that is tried, and its addresses."""

from dataclasses import dataclass

import pytest
from django.test import Client
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim, Funnel
from claims_center.states import Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter


@dataclass
class Shop:
    """The merchant, somebody who may do everything, and the addresses of the screens by name."""

    merchant: Merchant
    client: Client
    screens: dict[str, str]


@pytest.fixture
def shop(merchant: Merchant, transactional_db: None) -> Shop:
    """A desk with a handful of claims in every state."""
    client = sign_in(merchant, Role.OWNER)
    with merchant_scope(merchant):
        fill(client.user, rounds=1)  # type: ignore[attr-defined]
        claim = Claim.objects.filter(status=Status.NEW).first()
        done = Claim.objects.filter(status=Status.PROCESSED).first()
        asked = Claim.objects.filter(status=Status.NEEDS_INFO).first()
        funnel = Funnel.objects.order_by("slug").first()
        assert claim is not None
        assert done is not None
        assert asked is not None
        assert funnel is not None
        screens = {
            "claims": path(merchant, "claims"),
            "claims, none found": path(merchant, "claims") + "?q=zzzz&status=new&delivery=junk",
            "claim": path(merchant, "claims", claim.id),
            "claim, processed": path(merchant, "claims", done.id),
            "overview": path(merchant, "claims", "overview"),
            "text of a mail": path(merchant, "mails", "claim.gift"),
            "funnel": path(merchant, "funnels", funnel.id),
            "funnel builder": path(merchant, "funnels", funnel.id, "edit"),
            "deliveries": path(merchant, "deliveries") + "?all=1",
            "suppression list": path(merchant, "deliveries", "suppressed"),
            "help": path(merchant, "help"),
            "help page": path(merchant, "help", "claim"),
            "public funnel": f"/f/{merchant.slug}/{funnel.slug}/",
            "public help": f"/f/{merchant.slug}/{funnel.slug}/help/",
            "tracker": f"/track/{asked.tracker_token}/",
        }
    return Shop(merchant, client, screens)


class Desk:
    """A browser at the shop's screens; `open` goes to one of them by its name."""

    def __init__(self, page: Page, server: str, shop: Shop) -> None:
        self.page = page
        self.server = server
        self.shop = shop
        self.complaints = enter(page, server, shop.client)

    @property
    def names(self) -> list[str]:
        """Every screen that is tried; the last ones are reached by pressing something."""
        return [*self.shop.screens, "public feedback", "public contact", "bulk preview", "tour"]

    def open(self, name: str) -> None:
        """Open the screen as somebody would reach it."""
        reached = {
            "bulk preview": self._bulk_preview,
            "tour": self._tour,
            "public feedback": self._public_feedback,
            "public contact": self._public_contact,
        }
        if name in reached:
            reached[name]()
        else:
            self.page.goto(self.server + self.shop.screens[name])
        self.page.wait_for_load_state()

    def _bulk_preview(self) -> None:
        self.open("claims")
        self.page.locator("[data-row]").first.check()
        self.page.locator("#bulk").get_by_role("button", name="Verify").click()
        self.page.get_by_text("Will be done").first.wait_for()

    def _tour(self) -> None:
        self.page.goto("about:blank")
        self.page.goto(self.server + self.shop.screens["claims"] + "#tour")
        self.page.locator("#tour").wait_for(state="visible")

    def _public_feedback(self) -> None:
        self.open("public funnel")
        self.page.get_by_role("radio").first.check(force=True)
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("Order number").fill("112-7391030-0000009")
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_role("radio", name="4 of 5").wait_for(state="attached")

    def _public_contact(self) -> None:
        self._public_feedback()
        self.page.get_by_role("radio", name="4 of 5").check(force=True)
        self.page.get_by_label("In your own words").fill("Brews well.")
        self.page.get_by_role("button", name="Continue").click()
        self.page.get_by_label("E-mail").wait_for()


@pytest.fixture
def desk(page: Page, live_server: LiveServer, shop: Shop) -> Desk:
    """The browser at the desk, with the owner signed in."""
    return Desk(page, live_server.url, shop)
