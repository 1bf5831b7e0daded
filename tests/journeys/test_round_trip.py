"""Statuses edited in a sheet, for real: the list as a file, another status in it, the diff, the result in the list."""

import csv
import re
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from offers.models import OfferResponse
from offers.services.using import complete
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant
from tests.offers import factories as make
from tests.offers.importing import clean

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PASSWORD = "brew-the-morning-coffee"


@pytest.fixture
def shop() -> Merchant:
    """A merchant whose members hold three responses."""
    system = Actor.system()
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=system, mfa_required=False)
    user = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Ada Novak")
    with merchant_scope(merchant):
        add_member(merchant=merchant, user=user, role=Role.ADMIN, actor=system)
        offer = make.offer(name="Ten off")
        for name in ("Ann", "Ben", "Cy"):
            make.give(offer, make.member(first_name=name, last_name="Lee"))
    return merchant


def test_edit_statuses_in_a_sheet(page: Page, live: str, shop: Merchant, tmp_path: Path, worker: object) -> None:
    sign_in(page, live)
    page.goto(f"{live}/m/brew-bloom/offer-responses/?status=pending")
    with page.expect_download() as told:
        page.get_by_role("link", name="Download to edit").click()
    rows = read(Path(told.value.path()))
    assert [row["member_name"] for row in rows] == ["Cy Lee", "Ben Lee", "Ann Lee"]
    rows[0] |= {"status": "completed", "reference": "T-4711"}
    rows[2] |= {"status": "canceled", "reason": "Moved away"}
    use_at_the_till(shop, rows[1]["id"])

    upload(page, live, written(tmp_path, rows))
    expect(page.get_by_text("Ready to apply").first).to_be_visible()
    expect(page.locator(".counts")).to_contain_text("Changed2")
    expect(page.locator(".counts")).to_contain_text("Skipped1")
    expect(page.get_by_role("row", name=re.compile("Cy Lee.*Pending.*Completed"))).to_be_visible()
    page.get_by_role("button", name=re.compile("Apply")).click()
    expect(page.get_by_text("What was done").first).to_be_visible(timeout=60_000)

    page.goto(f"{live}/m/brew-bloom/offer-responses/?status=completed")
    expect(page.locator("#grid-region tbody tr")).to_have_count(2)
    page.goto(f"{live}/m/brew-bloom/offer-responses/{rows[2]['id']}/")
    expect(page.get_by_text("Moved away").first).to_be_visible()
    with merchant_scope(shop):
        assert OfferResponse.objects.get(id=rows[0]["id"]).reference == "T-4711"
        assert clean(shop)

    refuse_what_went_on(page, live, tmp_path, rows)


def refuse_what_went_on(page: Page, live: str, tmp_path: Path, rows: list[dict[str, str]]) -> None:
    """An edited row that was used at the till meanwhile refuses the file, with its line."""
    rows[1]["status"] = "expired"
    upload(page, live, written(tmp_path, rows))
    expect(page.get_by_text("The file was refused whole; nothing was changed.")).to_be_visible()
    expect(page.get_by_text(re.compile("Somebody changed it since: the file has version 1"))).to_be_visible()


def use_at_the_till(shop: Merchant, response_id: str) -> None:
    with merchant_scope(shop):
        complete(response_id=OfferResponse.objects.get(id=response_id).id, **make.by(now=timezone.now()))


def sign_in(page: Page, live: str) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")


def upload(page: Page, live: str, path: Path) -> None:
    page.goto(f"{live}/m/brew-bloom/offer-responses/")
    page.get_by_role("link", name="Import statuses").click()
    expect(page.get_by_label("What the file holds")).to_have_value("responses")
    page.set_input_files("input[type=file]", path)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Continue").click()


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def written(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "edited.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.DictWriter(file, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    return path
