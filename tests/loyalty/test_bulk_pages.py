"""The pages of bulk acts on redeemed rewards: choosing, preview, progress, results, file, undo."""

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from jobs.models import Job
from jobs.runner import run_one
from loyalty.models import BulkAct, BulkSelection, RedeemedReward
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty.bulking import Shelf, again, done, run
from tests.loyalty.test_grid import sign_in
from tests.support.counting import queries_of
from ui.bulk import signed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
HOME = "/m/brew-bloom/redeemed-rewards/"


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def chosen(client: Client, act: str, rows: list[RedeemedReward], **more: Any) -> str:
    """Tick rows in the grid and press an act; return the address of its preview."""
    body = {"id": [str(row.id) for row in rows], "query": signed("")} | more
    answer = client.post(f"{HOME}bulk/{act}/", body)
    assert answer.status_code == 302
    return str(answer["Location"])


def test_grid_offers_every_act_to_admins_alone(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        shelf.row()
    page = admin.get(HOME).content.decode()
    for label in ("Mark as Used", "Mark as Shipped", "Send fulfilment mail again", "Cancel rewards"):
        assert label in page
    agent = sign_in(Client(), merchant, Role.AGENT)
    assert 'id="bulk"' not in agent.get(HOME).content.decode()
    assert agent.post(f"{HOME}bulk/use/", {}).status_code == 403


def test_preview_says_how_many_and_why_not_the_others(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row(), shelf.row(), shelf.row("gift", "used"), shelf.row("short"), shelf.row("cashback")]

    text = text_of(admin.get(chosen(admin, "use", rows)))

    assert "5 redeemed rewards chosen" in text
    assert "Will be done 2 Will be skipped 3" in text
    for words in ("It is marked as used already", "The coupon has expired", "A cashback is paid, not used"):
        assert words in text
    assert "Mark as Used: 2 redeemed rewards" in text


def test_cancel_preview_says_what_goes_back_and_burns(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("code"), shelf.row("burnt")]

    text = text_of(admin.get(chosen(admin, "cancel", rows)))

    assert "200 points go back to the lots that they came from" in text
    assert "1 code is burnt." in text
    assert "1 code returns to its pool." in text
    assert "this cannot be undone" in text


def test_all_that_match_go_by_the_signed_filters(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        shelf.row()
        shelf.row("gift", "used")
    page = chosen(admin, "use", [], all="1", query=signed("used=no"))
    assert "1 redeemed reward chosen · all that match the filters" in text_of(admin.get(page))
    forged = admin.post(f"{HOME}bulk/use/", {"all": "1", "query": "used=no"})
    assert forged["Location"] == HOME
    with merchant_scope(merchant):
        assert BulkSelection.objects.count() == 1


def test_begin_run_and_read_the_results(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row(), shelf.row("short")]
    page = chosen(admin, "use", rows)

    result = admin.post(page, {"confirm": "1"})["Location"]
    assert "Going through the rows" in text_of(admin.get(result))
    with merchant_scope(merchant):
        job = Job.objects.get(kind="rewards.bulk")
        assert AuditEvent.objects.filter(action="rewards.bulk_started").count() == 1
    run_one(merchant.id, job.id)

    text = text_of(admin.get(result))
    assert "Done 1 Skipped 1" in text
    assert "It can be undone until" in text
    assert "Undo …" in text
    assert admin.get(f"{result}?part=1")["HX-Refresh"] == "true"
    found = list(csv.reader(io.StringIO(b"".join(admin.get(f"{result}rows.csv")).decode("utf-8-sig"))))
    assert [row[-2:] for row in found] == [["Result", "Reason"], ["Done", ""], ["Skipped", "The coupon has expired"]]
    assert "Mark as Used" in text_of(admin.get(f"{HOME}bulk-acts/"))


def test_undo_from_the_page(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    bulk = done(merchant, "use", [row])

    preview = admin.post(f"{HOME}bulk-acts/{bulk.id}/undo/")["Location"]
    assert "Undo: Mark as Used: 1 redeemed reward" in text_of(admin.get(preview))
    admin.post(preview, {"confirm": "1"})
    with merchant_scope(merchant):
        undo = BulkAct.objects.get(undoes=bulk)
    run(merchant, undo)

    assert "This was undone" in text_of(admin.get(f"{HOME}bulk-acts/{bulk.id}/"))
    with merchant_scope(merchant):
        assert RedeemedReward.objects.get(id=row.id).used_at is None


def test_stop_from_the_page(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    page = chosen(admin, "use", [row])
    result = admin.post(page, {"confirm": "1"})["Location"]

    admin.post(f"{result}stop/")

    assert "The work was stopped." in text_of(admin.get(result))


def test_ask_whether_the_points_go_back(admin: Client, merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
    page = chosen(admin, "cancel", [row])
    assert admin.post(page, {"points": "perhaps"}).status_code == 422

    admin.post(page, {"points": "keep", "reason": "Broke the rules"})
    with merchant_scope(merchant):
        bulk = BulkAct.objects.get()
    run(merchant, again(merchant, bulk))

    with merchant_scope(merchant):
        found = RedeemedReward.objects.get(id=row.id)
        assert (found.canceled_at is not None, found.is_refunded) == (True, False)


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_as_much_for_three_rows(admin: Client, merchant: Merchant, shelf: Shelf, number: int) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(number)]
    bulk = done(merchant, "use", rows)
    draft = chosen(admin, "unuse", rows)
    assert len(queries_of(admin, draft)) <= 14
    assert len(queries_of(admin, f"{HOME}bulk-acts/{bulk.id}/")) <= 12
    assert len(queries_of(admin, f"{HOME}bulk-acts/")) <= 12
