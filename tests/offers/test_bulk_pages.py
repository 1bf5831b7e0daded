"""The pages of bulk acts on responses: choosing, preview, progress, results, file, undo."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job
from jobs.runner import run_one
from offers.models import BulkAct, BulkSelection, OfferResponse
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty.test_grid import sign_in
from tests.offers import factories as make
from tests.offers.bulking import Shelf, done, run
from tests.support.counting import queries_of
from ui.bulk import signed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
HOME = "/m/brew-bloom/offer-responses/"


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def chosen(client: Client, act: str, rows: list[OfferResponse], **more: Any) -> str:
    """Tick rows in the list and press an act; return the address of its preview."""
    body = {"id": [str(row.id) for row in rows], "query": signed("")} | more
    answer = client.post(f"{HOME}bulk/{act}/", body)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_list_offers_every_act_to_admins_alone(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        shelf.row()
    page = admin.get(HOME).content.decode()
    for label in ("Start processing", "Mark as shipped", "Complete", "Cancel responses", "Reopen", "Reverse"):
        assert label in page
    agent = sign_in(Client(), merchant, Role.AGENT)
    assert 'id="bulk"' not in agent.get(HOME).content.decode()
    assert agent.post(f"{HOME}bulk/clip/", {}).status_code == 403
    assert admin.post(f"{HOME}bulk/dance/", {}).status_code == 404


def test_preview_says_how_many_and_why_not_the_others(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [
            shelf.row(*name.split())
            for name in ("plain", "clip", "passed", "plain completed", "coded late_pending", "plain reserved")
        ]

    text = text_of(admin.get(chosen(admin, "complete", rows)))

    assert "6 responses chosen" in text
    assert "Will be done 1 Will be skipped 5" in text
    for words in (
        "The member has to clip it first",
        "It is outside its usage period",
        "It is completed already",
        "It has expired",
        "A till has reserved it",
    ):
        assert words in text
    assert "Complete: 1 response" in text


def test_reopen_says_what_needs_a_new_end(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row("coded", "late_expired")
    page = chosen(admin, "reopen", [row])
    assert "The validity of 1 response has passed" in text_of(admin.get(page))
    assert admin.post(page, {"reason": "", "expires_at": ""}).status_code == 422
    assert "has to lie ahead" in text_of(admin.post(page, {"reason": "Why", "expires_at": "2020-01-01T00:00"}))

    admin.post(page, {"reason": "Came back", "expires_at": "2030-01-01T00:00"})
    with merchant_scope(merchant):
        bulk = BulkAct.objects.get()
    assert run(merchant, bulk).done == 1
    with merchant_scope(merchant):
        assert str(make.fresh(row).expires_at) == "2030-01-01 00:00:00+00:00"


def test_all_that_match_on_an_offers_tab_are_that_offers(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        mine, _other = shelf.row(), shelf.row("days")
    tab = admin.get(f"/m/brew-bloom/offers/{mine.offer_id}/?tab=responses").content.decode()
    query = re.findall(r'name="query" value="([^"]+)"', tab)[0].replace("&amp;", "&")

    page = chosen(admin, "clip", [], all="1", query=query)

    assert "1 response chosen · all that match the filters" in text_of(admin.get(page))
    forged = admin.post(f"{HOME}bulk/clip/", {"all": "1", "query": "status=pending"})
    assert forged["Location"] == HOME
    with merchant_scope(merchant):
        assert BulkSelection.objects.get().ids == [mine.id]


def test_begin_run_read_the_results_and_undo(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row(), shelf.row("passed")]
    result = admin.post(chosen(admin, "complete", rows), {"confirm": "1"})["Location"]
    assert "Going through the rows" in text_of(admin.get(result))
    with merchant_scope(merchant):
        job = Job.objects.get(kind="responses.bulk")
        assert AuditEvent.objects.filter(action="responses.bulk_started").count() == 1
    run_one(merchant.id, job.id)

    text = text_of(admin.get(result))
    assert "Done 1 Skipped 1" in text
    assert "It can be undone until" in text
    found = list(csv.reader(io.StringIO(b"".join(admin.get(f"{result}rows.csv")).decode("utf-8-sig"))))
    reasons = [row[-2:] for row in found]
    assert reasons == [["Result", "Reason"], ["Done", ""], ["Skipped", "It is outside its usage period"]]
    assert "Complete" in text_of(admin.get(f"{HOME}bulk-acts/"))

    preview = admin.post(f"{result}undo/")["Location"]
    assert "Undo: Complete: 1 response" in text_of(admin.get(preview))
    admin.post(preview, {"confirm": "1"})
    with merchant_scope(merchant):
        undo = BulkAct.objects.get(undoes__isnull=False)
    run(merchant, undo)
    assert "This was undone" in text_of(admin.get(result))
    assert "A bulk action was undone" in text_of(admin.get(f"{HOME}{rows[0].id}/"))


def test_stop_from_the_page(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    result = admin.post(chosen(admin, "clip", [row]), {"confirm": "1"})["Location"]

    admin.post(f"{result}stop/")

    assert "The work was stopped." in text_of(admin.get(result))


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_as_much_for_three_rows(admin: Client, merchant: Merchant, shelf: Shelf, number: int) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(number)]
    bulk = done(merchant, "clip", rows)
    draft = chosen(admin, "complete", rows)
    assert len(queries_of(admin, draft)) <= 14
    assert len(queries_of(admin, f"{HOME}bulk-acts/{bulk.id}/")) <= 12
    assert len(queries_of(admin, f"{HOME}bulk-acts/")) <= 12
