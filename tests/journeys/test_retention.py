"""How long records are kept, from the owner's choice to what the clean-up leaves."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from jobs import runner
from jobs.models import Job
from jobs.services import enqueue
from jobs.states import State
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
DESK: Any = {"width": 1440, "height": 900}


@pytest.fixture
def at(live_server: LiveServer, merchant: Merchant) -> Any:
    """Makes addresses."""
    return lambda *parts: live_server.url + path(merchant, *parts)


@pytest.fixture
def owner(page: Page, live_server: LiveServer, merchant: Merchant, at: Any) -> Iterator[Page]:
    """The browser of an owner, on the page."""
    complaints = enter(page, live_server.url, sign_in(merchant, Role.OWNER))
    page.set_viewport_size(DESK)
    page.goto(at("settings", "general"))
    page.get_by_role("link", name="Retention", exact=True).click()
    expect(page.get_by_role("heading", name="You decide")).to_be_visible()
    yield page
    # The browser itself notes each answer that is no success.
    assert [one for one in complaints if "422" not in one] == []


def events(merchant: Merchant, *ages: int) -> None:
    """Write an event of the log for each of these ages in days."""
    now = timezone.now()
    with merchant_scope(merchant):
        for days in ages:
            AuditEvent.objects.create(
                action=f"offer.aged_{days}", actor="system", target_type="offer", at=now - timedelta(days=days)
            )


def save(page: Page) -> Locator:
    page.get_by_role("button", name="Save").click()
    return page.locator("#toasts")


def clean_up(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the nightly clean-up now."""
    monkeypatch.setattr("django.conf.settings.JOB_HANDLERS", "config.jobs.HANDLERS")
    with merchant_scope(merchant):
        job = enqueue(kind="retention.clean", payload={}, now=timezone.now())
    runner.run_one(merchant.id, job.id)
    with merchant_scope(merchant):
        assert Job.objects.get(id=job.id).state == State.DONE


def test_choose_a_period_and_see_it_kept(
    owner: Page, at: Any, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    events(merchant, 400, 500, 300)
    expect(owner.get_by_text("The clean-up has not run yet.")).to_be_visible()
    expect(owner.get_by_label("Audit log")).to_have_value("730")
    clean_up(merchant, monkeypatch)
    owner.reload()
    expect(owner.get_by_text("The last clean-up ended")).to_contain_text("removed 0 records")

    owner.get_by_label("Audit log").select_option("1 year")
    expect(save(owner)).to_contain_text("Saved. The next clean-up goes by it.")
    expect(owner.get_by_label("Audit log")).to_have_value("365")
    clean_up(merchant, monkeypatch)
    owner.reload()
    expect(owner.get_by_text("The last clean-up ended")).to_contain_text(re.compile(r"removed [1-9]\d* records?\."))
    assert look(owner, "settings-retention") == []
    owner.set_viewport_size(DESK)

    owner.get_by_role("link", name="See its runs under Jobs").click()
    expect(owner.locator("#grid-region tbody tr")).to_have_count(2)
    owner.goto(at("settings", "audit"))
    log = owner.locator("#grid-region")
    expect(log).to_contain_text("Old audit events removed")
    expect(log).to_contain_text("Retention changed")
    expect(log).to_contain_text("Offer aged 300")
    expect(log).not_to_contain_text("Offer aged 400")
    expect(log).not_to_contain_text("Offer aged 500")


def test_hear_that_somebody_else_was_faster(owner: Page, at: Any) -> None:
    other = owner.context.new_page()
    other.goto(at("settings", "retention"))
    other.get_by_label("Log of calls").select_option("1 day")
    expect(save(other)).to_contain_text("Saved.")

    owner.get_by_label("Log of calls").select_option("30 days")
    owner.get_by_role("button", name="Save").click()
    expect(owner.get_by_role("alert")).to_contain_text("Somebody else has changed these settings meanwhile.")
    expect(owner.get_by_label("Log of calls")).to_have_value("30")
    assert look(owner, "settings-retention-refused") == []
    owner.goto(at("settings", "retention"))
    expect(owner.get_by_label("Log of calls")).to_have_value("1")


def test_find_help_beside_it(owner: Page) -> None:
    owner.get_by_role("link", name="Help for this page").click()
    expect(owner.get_by_role("heading", level=1)).to_contain_text("Retention")
