"""Exports as a merchant meets them: a list's view as a file, in each format, on time, and whatever may come of a run."""

import csv
import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from exports import defining, links, store
from exports.catalogue import datasets
from exports.destinations import services as destinations
from exports.export_states import ExportState
from exports.models import Destination, Export, ExportRun
from exports.models.export import MOST_FAILURES
from jobs.models import Job
from jobs.runner import run_due, run_one
from messaging.models import Message
from offers.states import Status
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.exports.destinations.test_pages import just_signed_in
from tests.offers import factories as offers
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
FORMULA = "=1+1; two"
DESK: Any = {"width": 1440, "height": 900}
# What each choice of the form makes of the file.
FILES: tuple[tuple[str, dict[str, str], bool], ...] = (
    ("csv", {"Made for": "people", "Separator of a CSV": ";", "Decimal sign of a CSV": ","}, True),
    ("csv", {"Made for": "systems", "Separator of a CSV": "\t", "Decimal sign of a CSV": "."}, False),
    ("xlsx", {"Made for": "people"}, False),
    ("jsonl", {}, False),
)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """A folder of the test's own for files."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner(merchant: Merchant) -> Any:
    """The browser of an owner, who has given the password a moment ago; three responses are there."""
    with merchant_scope(merchant):
        what = offers.offer(name=FORMULA)
        for status in (Status.PENDING, Status.COMPLETED, Status.CANCELED):
            offers.standing(status, what)
    return just_signed_in(sign_in(merchant, Role.OWNER))


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant, owner: Any) -> Page:
    enter(page, live_server.url, owner)
    page.set_viewport_size(DESK)
    return page


@pytest.fixture
def at(live_server: LiveServer, merchant: Merchant) -> Any:
    """Makes addresses."""
    return lambda *parts: live_server.url + path(merchant, *parts)


def define(merchant: Merchant, user: User, **values: Any) -> Export:
    known = {
        "name": "Responses",
        "dataset": "offer_responses",
        "columns": ["id", "offer_name"],
        "query": "",
        "sort": "",
    }
    with merchant_scope(merchant):
        return defining.create(values=known | values, user=user, now=timezone.now())


def newest(merchant: Merchant) -> ExportRun:
    with merchant_scope(merchant):
        found: ExportRun = ExportRun.objects.latest("queued_at")
        return found


def work(merchant: Merchant) -> ExportRun:
    """Do what a worker would do with the newest run."""
    job_id = newest(merchant).job_id
    assert job_id is not None
    run_one(merchant.id, job_id)
    return newest(merchant)


def field(page: Page, label: str) -> Locator:
    """The form's field with this label, whether or not it must be filled in."""
    return page.locator(".field").get_by_label(re.compile(rf"^\s*{re.escape(label)}(\s*optional)?\s*$")).first


def shows(page: Page, names: tuple[str, ...], wanted: list[str]) -> bool:
    """Whether of the named fields the wanted ones are to be seen, and no others."""
    return until(lambda: [name for name in names if field(page, name).is_visible()] == wanted)


def test_define_a_view_down_to_the_last_detail(desk: Page, at: Any, merchant: Merchant, owner: Any) -> None:
    with merchant_scope(merchant):
        settings = {"recipients": [owner.user.email]}
        destinations.create(
            kind="email", name="Bookkeeping", settings=settings, secret={}, user=owner.user, now=timezone.now()
        )
    # The list's filter, order and columns come along.
    desk.goto(at("offer-responses") + "?status=completed&status=canceled&sort=offer&columns=status.offer.issued")
    desk.get_by_role("link", name="Export this view").click()
    expect(desk.locator(".chip")).to_have_count(2)
    expect(desk.locator(".picker input:checked")).to_have_count(4)
    desk.get_by_role("button", name="Preview").click()
    expect(desk.get_by_text("The file holds these 2 rows.")).to_be_visible()
    desk.get_by_role("button", name="Remove the filter Processing status").first.click()
    expect(desk.locator(".chip")).to_have_count(1)
    expect(desk.locator(".picker input:checked")).to_have_count(4)
    # Only what belongs to the chosen format and schedule is asked for.
    of_format = ("Made for", "Separator of a CSV", "Decimal sign of a CSV", "Begin a CSV with a byte order mark")
    for value, wanted in (("csv", of_format), ("xlsx", of_format[:1]), ("jsonl", ())):
        field(desk, "Format").select_option(value)
        assert shows(desk, of_format, list(wanted))
    of_schedule = ("At", "Day of the week", "Day of the month", "Once, at")
    for value, places in {
        "never": "",
        "once": "3",
        "hourly": "0",
        "daily": "0",
        "weekly": "01",
        "monthly": "02",
    }.items():
        field(desk, "Runs").select_option(value)
        assert shows(desk, of_schedule, [of_schedule[int(one)] for one in places])
    given = {"Format": "Excel workbook (XLSX)", "Goes to": "Bookkeeping", "Priority": "High", "Runs": "Every week"}
    for label, option in {**given, "Day of the week": "Friday"}.items():
        field(desk, label).select_option(label=option)
    field(desk, "Name").fill("Canceled, weekly")
    field(desk, "At").fill("06:30")
    field(desk, "Only what has changed since the last run").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    for words in ("Every Friday at 06:30", "Only what has changed since the last run", "High", "Bookkeeping"):
        expect(desk.locator(".export-facts")).to_contain_text(words)
    expect(desk.locator(".column-names li")).to_have_text(["Response", "Processing status", "Offer", "Issued"])
    expect(desk.locator(".export-facts .chip")).to_have_text("Processing status: Canceled")
    # Run, and all there is to know of it.
    desk.get_by_role("button", name="Run now").click()
    expect(desk.locator("progress")).to_be_visible()
    run = work(merchant)
    facts = desk.locator(".facts")
    expect(facts).to_contain_text(f"Told by e-mail: {owner.user.email}")
    for words in (run.sha256, run.file_name, "Took", "Size", "With the rights of"):
        expect(facts).to_contain_text(words)
    assert (run.rows, run.file_name.endswith(".xlsx")) == (1, True)
    with merchant_scope(merchant):
        assert Message.objects.get(kind="export.ready").to_address == owner.user.email
    # Nothing has changed since: the next file holds its headings alone.
    desk.get_by_role("link", name="Canceled, weekly").click()
    desk.get_by_role("button", name="Run now").click()
    expect(desk.locator("progress")).to_be_visible()
    assert work(merchant).rows == 0


def test_write_every_kind_of_file(desk: Page, at: Any, merchant: Merchant, owner: Any) -> None:
    export = define(merchant, owner.user)
    for kind, choices, bom in FILES:
        desk.goto(at("exports", export.id, "edit"))
        field(desk, "Format").select_option(kind)
        for label, value in choices.items():
            field(desk, label).select_option(value)
        if kind == "csv":
            field(desk, "Begin a CSV with a byte order mark").set_checked(bom)
        desk.get_by_role("button", name="Save", exact=True).click()
        desk.get_by_role("button", name="Run now").click()
        expect(desk.locator("progress")).to_be_visible()
        work(merchant)
        with desk.expect_download() as told:
            desk.get_by_role("link", name="Download").click()
        assert told.value.suggested_filename.endswith(f".{kind}")
        check(kind, Path(told.value.path()).read_bytes(), harmless=choices.get("Made for") == "people", bom=bom)


def check(kind: str, data: bytes, *, harmless: bool, bom: bool) -> None:
    """Say that a file holds three rows, and the formula as it should be there."""
    if kind == "csv":
        assert data.startswith(b"\xef\xbb\xbf") == bom
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";" if harmless else "\t"))
        expected = (["Response", "Offer"], f"'{FORMULA}") if harmless else (["id", "offer_name"], FORMULA)
        assert (len(rows), rows[0], rows[1][1]) == (4, *expected)
    elif kind == "jsonl":
        assert [json.loads(line)["offer_name"] for line in data.splitlines()] == [FORMULA] * 3
    else:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            sheets = "".join(book.read(one).decode() for one in book.namelist() if one.endswith(".xml"))
        assert (sheets.count(FORMULA) > 0, "<f>" in sheets) == (True, False)


def test_follow_a_run_through_every_state(
    desk: Page, at: Any, merchant: Merchant, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = define(merchant, owner.user)
    desk.goto(at("exports", export.id))
    expect(desk.get_by_text("It has not run yet")).to_be_visible()
    desk.get_by_role("button", name="Run now").click()
    expect(desk.get_by_text("Waiting for a worker")).to_be_visible()
    desk.get_by_role("button", name="Cancel").click()
    expect(desk.get_by_text("This run was called off.")).to_be_visible()
    # Tried again, it is on its way; the bar follows by itself.
    desk.get_by_role("button", name="Try again").click()
    expect(desk.get_by_text("Waiting for a worker")).to_be_visible()
    run = newest(merchant)
    assert run.job_id is not None
    with merchant_scope(merchant):
        begun = timezone.now() - timedelta(minutes=2)
        ExportRun.objects.filter(id=run.id).update(state=ExportState.RUNNING, started_at=begun)
        Job.objects.filter(id=run.job_id).update(done_rows=41_208, total_rows=64_400)
    expect(desk.locator("progress")).to_have_attribute("value", "41208")
    expect(desk.locator("main")).to_contain_text(re.compile("41,208 of 64,400.*about 1 min left", re.DOTALL))
    # It fails, and says why in words.
    with merchant_scope(merchant):
        ExportRun.objects.filter(id=run.id).update(
            state=ExportState.QUEUED, wanted=run.wanted | {"query": "status=lost"}
        )
    work(merchant)
    expect(desk.locator(".note-bad")).to_contain_text("“lost” is not known")
    assert look(desk, "export-run-failed") == []
    desk.set_viewport_size(DESK)
    desk.get_by_role("button", name="Try again").click()
    expect(desk.get_by_text("Waiting for a worker")).to_be_visible()
    work(merchant)
    link = until(lambda: desk.get_by_role("link", name="Download").get_attribute("href"))
    address = at()[: -len(path(merchant))] + str(link)
    assert desk.request.get(address).text().count(FORMULA) == 3
    # The link ends after a day, the file after the period that the merchant chose.
    with monkeypatch.context() as later:
        later.setattr(links, "GOOD_FOR", timedelta(seconds=-1))
        desk.goto(address)
        expect(desk.locator("#toasts")).to_contain_text("This link is too old.")
    store.forget(merchant_id=merchant.id, run_id=run.id)
    desk.goto(address)
    expect(desk.locator("#toasts")).to_contain_text("The file is not kept any more.")
    expect(desk.get_by_text("The file was kept for its time and is gone now.")).to_be_visible()


def test_stop_after_five_failures_and_go_on(desk: Page, at: Any, merchant: Merchant, owner: Any) -> None:
    export = define(merchant, owner.user, query="status=lost", schedule="daily", at_minute=360)
    with merchant_scope(merchant):
        Export.objects.filter(id=export.id).update(failures=MOST_FAILURES - 1)
    desk.goto(at("exports", export.id))
    desk.get_by_role("button", name="Run now").click()
    expect(desk.locator("progress")).to_be_visible()
    work(merchant)
    expect(desk.get_by_text("There is no file from this run at its place.")).to_be_visible()
    with merchant_scope(merchant):
        assert Message.objects.get(kind="export.stopped").to_address == owner.user.email
    desk.goto(at("exports"))
    expect(desk.locator("#grid-region tbody tr")).to_contain_text("Stopped")
    assert look(desk, "exports-stopped") == []
    desk.set_viewport_size(DESK)
    desk.locator("#grid-region").get_by_role("link", name="Responses", exact=True).click()
    expect(desk.locator(".note-bad").first).to_contain_text("“lost” is not known")
    desk.get_by_role("button", name="Let it run again").click()
    expect(desk.locator(".export-facts")).to_contain_text("Next run")


def test_have_the_last_days_each_day(desk: Page, at: Any, merchant: Merchant) -> None:
    desk.goto(at("offer-responses"))
    desk.get_by_role("button", name="Issued", exact=True).click()
    pop = desk.locator("#f-issued")
    pop.get_by_role("link", name="7 days before today").click()
    expect(desk).to_have_url(re.compile("issued_from=7_days_ago&issued_to=yesterday$"))
    expect(pop).to_contain_text("Today this means")
    pop.locator("select[name=issued_to]").select_option("Today")
    expect(desk).to_have_url(re.compile("issued_from=7_days_ago&issued_to=today$"))
    expect(desk.locator("#grid-region tbody tr")).to_have_count(3)
    # Back to a day of the calendar, and from there to a relative one.
    pop.locator("select[name=issued_from]").select_option("")
    expect(desk).to_have_url(re.compile(r"\?issued_to=today$"))
    pop.locator("input[name=issued_from]").fill("2026-01-31")
    expect(desk).to_have_url(re.compile("issued_from=2026-01-31"))
    pop.get_by_label("From, a relative day").select_option("Yesterday")
    expect(desk).to_have_url(re.compile("issued_from=yesterday&issued_to=today$|from=2026-01-31&issued_from=yesterday"))
    expect(desk.locator(".pill-value")).to_have_text("from yesterday until today")
    assert look(desk, "relative-days") == []
    desk.set_viewport_size(DESK)
    desk.keyboard.press("Escape")
    desk.get_by_role("link", name="Export this view").click()
    expect(desk.locator(".chip")).to_have_text("Issued: from yesterday until today")
    field(desk, "Runs").select_option("daily")
    # What has changed and what is near do not go together; the form says why.
    field(desk, "Only what has changed since the last run").check()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.get_by_text("does not go with relative days").first).to_be_visible()
    field(desk, "Only what has changed since the last run").uncheck()
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".export-facts")).to_contain_text("Every day at 06:00")
    with merchant_scope(merchant):
        assert Export.objects.get().query.endswith("issued_from=yesterday&issued_to=today")


def test_set_up_where_files_go_and_read_what_they_hold(desk: Page, at: Any, merchant: Merchant, owner: Any) -> None:
    desk.goto(at("settings", "destinations"))
    expect(desk.get_by_text("No destinations yet")).to_be_visible()
    desk.get_by_role("link", name="New destination").first.click()
    kinds = desk.get_by_role("navigation", name="Kinds of destinations").get_by_role("link")
    expect(kinds).to_have_text([re.compile("File Transfer"), re.compile("S3"), re.compile("E-mail")])
    kinds.nth(1).click()
    expect(desk.get_by_label("Bucket")).to_be_visible()
    assert look(desk, "destination-s3") == []
    desk.set_viewport_size(DESK)
    kinds.nth(2).click()
    field(desk, "Name").fill("Bookkeeping")
    desk.get_by_label(re.compile(re.escape(owner.user.email))).check()
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("button", name="Test connection").click()
    expect(desk.get_by_text("Testing …")).to_be_visible()
    run_due()
    expect(desk.get_by_text("Works", exact=True)).to_be_visible()
    with merchant_scope(merchant):
        assert Destination.objects.get().test_words == ""
    # The dictionary names every column of every list, and the days that move along.
    desk.goto(at("exports"))
    desk.get_by_role("link", name="Data dictionary").click()
    tabs = desk.get_by_role("navigation", name="Data").get_by_role("link")
    expect(tabs).to_have_count(len(datasets()))
    for name in ("offer_responses", "redeemed_rewards"):
        tabs.get_by_text(str(datasets()[name].title), exact=True).click()
        keys = desk.locator("table").first.locator("tbody th")
        expect(keys).to_have_text(datasets()[name].keys)
    expect(desk.get_by_role("row", name=re.compile("last_month_end End of last month"))).to_be_visible()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_leave_files_to_those_who_may(
    page: Page, live_server: LiveServer, merchant: Merchant, owner: Any, at: Any, role: Role
) -> None:
    enter(page, live_server.url, sign_in(merchant, role))
    page.goto(at("offer-responses"))
    expect(page.locator("#grid-region tbody tr")).to_have_count(3)
    expect(page.get_by_role("link", name=re.compile("Export"))).to_have_count(0)
    answer = page.goto(at("exports", "new") + "?dataset=offer_responses")
    assert answer is not None
    assert answer.status == 403
    expect(page.get_by_role("heading", level=1)).to_be_visible()
