"""Statuses that come back from a sheet: what was edited is done by the services, nothing else is touched."""

import csv
import io
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exports.catalogue import dataset
from ledger.models import Entry
from offers.imports import download, responses
from offers.imports.columns import COLUMNS
from offers.models import OfferChange, OfferResponse
from offers.services import closing, using
from offers.states import Status
from tenancy.imports.contract import Outcome
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.offers.importing import KNOWN, Writer, bring, clean, refused, writer

FORWARD = [
    ("pending", "clipped", "offer.clipped"),
    ("pending", "processing", "offer.processing"),
    ("pending", "completed", "offer.completed"),
    ("pending", "expired", "offer.expired"),
    ("clipped", "Completed", "offer.completed"),
    ("clipped", "canceled", "offer.canceled"),
    ("processing", "shipping", "offer.shipped"),
    ("processing", "canceled", "offer.canceled"),
    ("shipping", "completed", "offer.completed"),
    ("shipping", "CANCELED", "offer.canceled"),
]
REFUSED = [
    ("pending", "shipping"),
    ("clipped", "pending"),
    ("processing", "clipped"),
    ("processing", "completed"),
    ("processing", "expired"),
    ("shipping", "processing"),
    ("completed", "pending"),
    ("completed", "canceled"),
    ("canceled", "pending"),
    ("canceled", "completed"),
    ("expired", "clipped"),
    ("expired", "completed"),
]


@pytest.fixture
def file(tmp_path: Path) -> Writer:
    return writer(tmp_path)


def sheet(query: str, merchant: Merchant) -> list[dict[str, str]]:
    """Return the rows of the file to edit."""
    zone = timezone.get_current_timezone()
    text = "".join(download.lines(merchant_id=merchant.id, query=query, zone=zone))
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def saved(path: Path, rows: list[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as out:
        lines = csv.DictWriter(out, list(rows[0]))
        lines.writeheader()
        lines.writerows(rows)
    return path


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "becomes", "event"), FORWARD)
def test_a_file_leads_forward(scope: Merchant, file: Writer, was: str, becomes: str, event: str) -> None:
    row = make.standing(Status(was))

    assert bring(file(KNOWN, f"{row.id},{row.version},{becomes}"), scope) == Outcome(changed=1)

    now, change = make.fresh(row), OfferChange.objects.filter(response=row).latest("seq")
    assert (now.status, now.version, change.event) == (becomes.lower(), row.version + 1, event)
    assert (change.actor, Entry.objects.get(id=change.entry_id).event) == (str(make.STAFF), event)
    assert change.reason == ("" if becomes == "clipped" else "Imported from rows.csv")
    assert clean(scope)


@pytest.mark.django_db
@pytest.mark.parametrize(("was", "becomes"), REFUSED)
def test_a_file_leads_nowhere_else(scope: Merchant, file: Writer, was: str, becomes: str) -> None:
    row = make.standing(Status(was))

    reason = refused(file(KNOWN, f"{row.id},{row.version},{becomes}"), scope)[0]

    assert reason == f"line 2: A response that is “{was.title()}” cannot become “{becomes.title()}” by a file."
    assert make.fresh(row).version == row.version


@pytest.mark.django_db
def test_a_row_without_a_version_takes_what_stands(scope: Merchant, file: Writer) -> None:
    row = make.give()

    assert bring(file("id,status,reason", f"{row.id},canceled,The shop is closing"), scope) == Outcome(changed=1)
    assert OfferChange.objects.get(response=row, seq=2).reason == "The shop is closing"
    assert bring(file("id,status", f"{row.id},canceled"), scope) == Outcome(skipped=1)


@pytest.mark.django_db
def test_a_row_that_somebody_changed_meanwhile_refuses_the_file(scope: Merchant, file: Writer) -> None:
    row, other = make.give(), make.give()
    path = file(KNOWN, f"{row.id},1,completed", f"{other.id},1,clipped")
    closing.cancel(response_id=row.id, **make.by(make.STAFF, reason="By mistake"))

    assert refused(path, scope) == [
        "line 2: Somebody changed it since: the file has version 1, it is now 2 and “Canceled”."
    ]
    assert make.fresh(other).status == "pending"


@pytest.mark.django_db
def test_rows_that_nobody_edited_are_left_alone(scope: Merchant, tmp_path: Path) -> None:
    waits, goes_on, edited = make.give(), make.give(), make.give()
    ends = make.ended(make.give())
    rows = sheet("", scope)
    using.complete(response_id=goes_on.id, **make.by())
    for row in rows:
        if row["id"] == str(edited.id):
            row["status"] = "canceled"

    assert bring(saved(tmp_path / "sheet.csv", rows), scope) == Outcome(changed=1, skipped=3)

    assert [make.fresh(one).status for one in (waits, goes_on, edited, ends)] == [
        "pending",
        "completed",
        "canceled",
        "pending",
    ]
    assert clean(scope)


@pytest.mark.django_db
def test_the_same_file_again_does_nothing_though_the_response_went_on(scope: Merchant, file: Writer) -> None:
    row = make.give()
    path = file(KNOWN, f"{row.id},1,clipped")
    bring(path, scope)
    using.complete(response_id=row.id, **make.by())

    assert bring(path, scope) == Outcome(skipped=1)
    assert make.fresh(row).status == "completed"


@pytest.mark.django_db
def test_used_in_the_past_is_dated_in_the_past(scope: Merchant, file: Writer) -> None:
    make.offer(name="Ten off")
    make.member(card_number="C-1")
    bring(file("offer,card_number,issued_at,expires_at", "Ten off,C-1,2025-01-05,2025-02-01"), scope)
    row = OfferResponse.objects.get()
    used = datetime(2025, 1, 9, 12, 30, tzinfo=UTC)

    done = bring(file("id,status,completed_at,reference", f"{row.id},completed,{used.isoformat()},T-9"), scope)

    now = make.fresh(row)
    assert (done.changed, now.completed_at, now.reference) == (1, used, "T-9")
    assert Entry.objects.get(id=now.closed_entry_id).occurred_at == used
    assert clean(scope)


BAD = [
    ("{unknown},1,clipped,,,", "There is no response with this id."),
    ("no-id,1,clipped,,,", "“no-id” is no id of a response."),
    ("{id},x,clipped,,,", "“x” is no version."),
    ("{id},9,clipped,,,", "The response never had the version 9."),
    ("{id},1,,,,", "The status is missing."),
    ("{id},1,used,,,", "“used” is no status"),
    ("{id},1,clipped,Another offer,,", "“offer” of a response that stands cannot be changed by a file."),
    ("{id},1,clipped,,2020-01-01,", "“issued_at” of a response that stands cannot be changed by a file."),
    ("{id},1,pending,,,2031-01-01", "“expires_at” of a response that stands cannot be changed by a file."),
    ("{clip},1,completed,,,", "The member has to clip this offer first."),
    ("{passed},1,completed,,,", "This response is outside its usage period."),
    ("{passed},1,processing,,,", "This response is outside its usage period."),
    ("{ended},1,completed,,,", "cannot become “Completed” by a file."),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("row", "reason"), BAD)
def test_a_bad_row_refuses_the_whole_file(scope: Merchant, file: Writer, row: str, reason: str) -> None:
    known = {
        "id": make.give().id,
        "unknown": uuid.uuid4(),
        "clip": make.give(make.offer(needs_clip=True)).id,
        "passed": make.give(make.passed(), source="staff", actor=make.STAFF).id,
        "ended": make.ended(make.give()).id,
    }
    good = make.give()

    reasons = refused(
        file("id,version,status,offer,issued_at,expires_at", row.format(**known), f"{good.id},1,clipped,,,"), scope
    )

    assert len(reasons) == 1
    assert reason in reasons[0]


@pytest.mark.django_db
def test_a_response_twice_in_a_file_is_refused(scope: Merchant, file: Writer) -> None:
    row = make.give()

    assert refused(file(KNOWN, f"{row.id},1,clipped", f"{row.id},1,completed"), scope) == [
        "line 3: The same response stands in line 2."
    ]


@pytest.mark.django_db
def test_the_preview_shows_what_is_and_what_becomes(scope: Merchant, file: Writer) -> None:
    row = make.give(who=make.member(card_number="C-1"))
    make.offer(name="Five off")
    path = file("id,version,status,offer,card_number,issued_at", f"{row.id},1,clipped,,,", ",,,Five off,C-1,2025-01-05")

    found = responses.preview(path, merchant_id=scope.id, now=timezone.now())

    assert (found.added, found.changed, found.format_name) == (1, 1, "Offer responses")
    assert [(one.action, one.title, *list(one.facts.values())[2:]) for one in found.sample] == [
        ("changed", "Ten off", "Pending", "Clipped"),
        ("added", "Five off", "\u2013", "Pending"),
    ]
    assert not any("@" in value for one in found.sample for value in one.facts.values())


@pytest.mark.django_db
def test_the_file_holds_what_the_list_shows(scope: Merchant) -> None:
    offer = make.offer(name="=1+1")
    for day in range(3):
        make.give(offer, make.member(card_number=f"C-{day}"))
    make.standing(Status.CANCELED)

    rows = sheet("status=pending", scope)

    assert len(rows) == 3
    assert {row["offer_name"] for row in rows} == {"'=1+1"}
    assert [row["card_number"] for row in rows] == ["C-2", "C-1", "C-0"]
    assert {row["status"] for row in rows} == {"pending"}
    assert sheet("status=nonsense", scope) == sheet("", scope)


@pytest.mark.django_db
def test_portions_of_the_file_join(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PORTION", 2)
    given = [make.give() for _ in range(5)]
    OfferResponse.objects.update(issued_at=timezone.now())

    assert sorted(row["id"] for row in sheet("", scope)) == sorted(str(one.id) for one in given)


@pytest.mark.django_db
def test_an_untouched_file_changes_nothing(scope: Merchant, tmp_path: Path) -> None:
    make.give(make.offer(name="=1+1"), make.member(card_number="C-1"), expires_at=make.soon(days=3))
    for status in Status:
        make.standing(status)

    assert bring(saved(tmp_path / "sheet.csv", sheet("", scope)), scope) == Outcome(skipped=8)


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.AGENT, 403), (Role.ADMIN, 200)])
def test_only_who_may_export_gets_the_file(
    staff: Callable[[Role], Client], merchant: Merchant, role: Role, status: int
) -> None:
    with merchant_scope(merchant):
        make.give()
    browser, address = staff(role), f"/m/{merchant.slug}/offer-responses/"

    answer: Any = browser.get(f"{address}file/?status=pending&q=lind")

    assert answer.status_code == status
    assert ("Download to edit" in browser.get(address).content.decode()) == (status == 200)
    if status == 200:
        assert b"".join(answer.streaming_content).decode().count("\n") == 2
        with merchant_scope(merchant):
            assert AuditEvent.objects.get(action="responses.downloaded").after == {"filters": ["q", "status"]}


def test_a_list_that_is_too_long_says_so(admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "MOST", 1)
    with merchant_scope(merchant):
        make.give(), make.give()

    answer = admin.get(f"/m/{merchant.slug}/offer-responses/file/?status=pending", follow=True)

    assert answer.redirect_chain == [(f"/m/{merchant.slug}/offer-responses/?status=pending", 302)]
    assert "too long for one file" in answer.content.decode()


@pytest.mark.django_db
def test_no_file_reaches_another_merchants_responses(
    merchant: Merchant, other_merchant: Merchant, file: Writer
) -> None:
    with merchant_scope(merchant):
        row = make.give()

    with merchant_scope(other_merchant):
        assert "There is no response with this id." in refused(file(KNOWN, f"{row.id},1,clipped"), other_merchant)[0]
        assert sheet("", other_merchant) == []


def test_the_export_of_responses_comes_back_too() -> None:
    """Its columns are known to the importer, whatever else the export offers."""
    assert set(dataset("offer_responses").by_key) <= set(COLUMNS.known)


@pytest.mark.django_db
def test_names_that_look_like_formulas_are_made_harmless_and_come_back(scope: Merchant, tmp_path: Path) -> None:
    names = ["%-day", "=1+1", "\uff1d1+1", "|dial", "Tea;=20", "'plain", "'=odd", "Two, one free"]
    for name in names:
        make.give(make.offer(name=name), make.member(first_name="\u3000@SUM", last_name="\x0b=1"))
    rows = sheet("", scope)
    cells = [cell for row in rows for cell in (row["offer_name"], row["member_name"])]
    assert [cell for cell in cells if cell.lstrip("\u3000")[:1] in "%=|@\uff1d\x0b"] == []
    assert {row["offer_name"].removeprefix("'") for row in rows} == {name.removeprefix("'") for name in names}
    assert bring(saved(tmp_path / "back.csv", rows), scope) == Outcome(skipped=len(names))
    # As the export writes it for people: the sign after another file's separator is harmless too.
    told = [row | {"offer_name": row["offer_name"].replace(";=", ";'=")} for row in rows]
    assert bring(saved(tmp_path / "told.csv", told), scope) == Outcome(skipped=len(names))
