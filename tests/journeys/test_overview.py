"""The overview, for real: every figure of a chosen period leads to a list of exactly as many claims."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from claims_center import tallies
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.worlds import make_world
from tests.claims_pages.factories import path, sign_in
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
CLAIMS = 12


@pytest.fixture
def shop(merchant: Merchant) -> Merchant:
    """A merchant with claims of every state over the last eight weeks; half of the counts are summed up."""
    merchant.time_zone = "Europe/Berlin"
    merchant.save()
    with merchant_scope(merchant):
        make_world(CLAIMS, around=timezone.now() - timedelta(days=29))
        tallies.rebuild(merchant_id=merchant.id)
    return merchant


def test_follow_every_figure_to_its_list(page: Page, live: str, shop: Merchant) -> None:
    complaints = enter(page, live, sign_in(shop, Role.VIEWER))
    address = f"{live}{path(shop, 'claims')}?status=new"
    page.goto(address)
    choose_periods(page, address)
    open_and_sort(page)
    assert look(page, "overview-open") == []
    page.locator(".overview-chart summary").click()
    # Of the chart's days those that have claims.
    links = page.locator("#overview :is(a[data-figure], .chart-legend a, td a:not([data-count='0']))")
    figures = until(lambda: figures_of(links))
    assert len(figures) > CLAIMS
    for turn, (address, count) in enumerate(figures.items()):
        # Some are followed in the window, all others by the same browser without drawing the page.
        if turn % 8 == 0:
            page.goto(address)
            check_listed(page, count)
        else:
            assert total_in(page.request.get(address).text()) == count, address
    page.goto(f"{live}{path(shop, 'claims')}")
    expect(page.locator(".overview-body")).to_be_visible()
    waiting = page.locator("[data-figure=waiting]")
    number = until(lambda: waiting.get_attribute("data-count"))
    waiting.click()
    check_listed(page, int(number or -1))
    assert complaints == []


def figures_of(links: Locator) -> dict[str, int]:
    """The address of each figure, and how many claims it says."""
    found = links.evaluate_all("all => all.map(one => [one.href, Number(one.dataset.count)])")
    return {str(address): int(count) for address, count in found}


def choose_periods(page: Page, address: str) -> None:
    """Choose the usual periods and an own one; the list below keeps its filter and its address."""
    overview = page.locator("#overview")
    overview.get_by_role("link", name="7 days").click()
    expect(overview.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    today = timezone.localdate()
    overview.get_by_role("button", name="Custom").click()
    overview.get_by_label("From").fill(str(today))
    overview.get_by_label("To").fill(str(today - timedelta(days=3)))
    overview.get_by_role("button", name="Show").click()
    expect(overview.get_by_role("alert")).to_have_text("The period ends before it begins.")
    overview.get_by_role("button", name="Custom").click()
    overview.get_by_label("From").fill(str(today - timedelta(days=75)))
    overview.get_by_label("To").fill(str(today + timedelta(days=1)))
    overview.get_by_role("button", name="Show").click()
    expect(overview.get_by_role("alert")).to_have_count(0)
    expect(overview.locator("[data-figure=claims]")).to_have_attribute("data-count", str(CLAIMS))
    expect(page).to_have_url(address)


def open_and_sort(page: Page) -> None:
    """Open chart and tables, sort them; a reload finds them open."""
    page.locator("#overview-toggle").click()
    expect(page.locator(".overview-body")).to_be_visible()
    page.reload()
    tables = page.locator(".overview-table")
    expect(tables).to_have_count(3)
    tables.first.get_by_role("link", name="Waiting").click()
    expect(tables.first.locator("th[aria-sort=descending]")).to_have_text(re.compile("Waiting"))
    counts = "all => all.map(one => Number(one.dataset.count))"
    found = until(lambda: tables.first.locator("[data-figure=funnel-waiting]").evaluate_all(counts))
    assert found == sorted(found, reverse=True)


def check_listed(page: Page, count: int) -> None:
    """Wait until the list says that it holds so many claims."""
    expect(page.locator("#grid-region .pager-total")).to_have_text(re.compile(rf"^\D*{count:,}\D*$"))


def total_in(text: str) -> int:
    """The same of a list's page as it was sent."""
    found = re.findall(r'class="pager-total[^"]*"[^>]*>(.*?)</', text, re.DOTALL)
    assert len(found) == 1
    return int(re.sub(r"\D", "", found[0]))


def test_read_the_figures_without_scripts(browser: Browser, live: str, shop: Merchant) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enter(page, live, sign_in(shop, Role.VIEWER))
    page.goto(f"{live}{path(shop, 'claims')}?status=new")
    page.locator("#overview-toggle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Campaign Performance")
    page.get_by_role("link", name="90 days").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    figure = page.locator("[data-figure=funnel-processed]").first
    count = until(lambda: figure.get_attribute("data-count"))
    figure.click()
    check_listed(page, int(count or -1))
    page.go_back()
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile(r"\?status=new$"))
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    context.close()
