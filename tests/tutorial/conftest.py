"""The demo's merchant on a real web server and worker whose clock is the tutorial's."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page

from claims_center.models import Funnel
from config.demo.business import PASSWORD
from config.demo.seed import tell
from config.demo.stories import BREW
from config.embedded import process
from config.embedded.ports import LOOPBACK, free_port, is_free
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.desk import fill
from tests.support import processes
from tests.tutorial import clock
from tests.tutorial.drawing import DESK, Artist

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.tutorial.settings", "BASE_URL": "https://claims.example"}
# It stands in the addresses of the QR codes that are drawn for the help pages; a test's may be any.
PORT = 8765
# `make tutorial` draws everything into the folder of the help pages; the test draws a few into one of its own.
WRITES = os.environ.get("TUTORIAL") == "write"
HOME = settings.BASE_DIR / "static" / "guide"


@pytest.fixture
def shop(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """The demo's merchant as if it were the tutorial's morning: the whole demo, or a few claims for the test."""
    monkeypatch.setenv(clock.SHIFT, clock.shift())
    monkeypatch.setattr(timezone, "now", timezone.now)
    clock.set_clock()
    return the_demo() if WRITES else a_few_claims()


def the_demo() -> Merchant:
    """The story of `make run`; what is drawn at random and stands in addresses, and so in QR codes, is the same."""
    tell(BREW, timezone.now())
    Merchant.objects.filter(slug=BREW.slug).update(public_id="brewbloom2")
    merchant = Merchant.objects.get(slug=BREW.slug)
    with merchant_scope(merchant):
        for number, funnel in enumerate(Funnel.objects.order_by("slug"), start=1):
            Funnel.objects.filter(id=funnel.id).update(short_code=f"coffee{number:02}")
    return merchant


def a_few_claims() -> Merchant:
    """A desk with eight claims, and the demo's owner."""
    merchant = Merchant.objects.create(name=BREW.name, slug=BREW.slug, mfa_required=False)
    owner = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Ada Novak")
    Membership.objects.create(merchant=merchant, user=owner, role=Role.OWNER)
    with merchant_scope(merchant):
        fill(owner, rounds=1)
    return merchant


@pytest.fixture
def server(shop: Merchant) -> Iterator[str]:
    """Web server and worker; the address."""
    port = PORT if WRITES and is_free(PORT, LOOPBACK) else free_port()
    arguments = [*processes.WEB, "--host", LOOPBACK, "--port", str(port), "config.wsgi:application"]
    web = processes.start("tutorial-web", arguments, SETTINGS | {"PORT": str(port)})
    worker = processes.start("tutorial-worker", [*processes.WORKER, "--hostname", "tutorial@%h"], SETTINGS)
    address = f"http://{LOOPBACK}:{port}"
    processes.wait_until(lambda: processes.answers(f"{address}/healthz"), web, "tutorial-web")
    yield address
    for child in (worker, web):
        process.end(child, first=15, seconds=10)


@pytest.fixture
def artist(page: Page, server: str, tmp_path: Path) -> Artist:
    """A browser in which the demo's owner has just signed in."""
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.set_default_timeout(30_000)
    page.goto(server)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/**")
    return Artist(page, server, HOME if WRITES else tmp_path)
