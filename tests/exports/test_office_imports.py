"""Files as people's programs write them, and two pages open on one import."""

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from customers.models import Customer
from offers.models import OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path
from tests.exports.importing import act, brought, named, run_at, sent, taken_back, work
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers

MEMBERS = "card,Vorname,Nachname\nC-1,Cora,Zimt\n"


def said(client: Client, merchant: Merchant, run: Any) -> dict[str, str]:
    """What the button Apply of an import's page sends."""
    mark = client.get(path(merchant, "imports", run.id)).context["run"].said
    return {"said": mark, "op_id": str(uuid.uuid4())}


def test_apply_only_the_columns_whose_preview_was_seen(admin: Client, merchant: Merchant) -> None:
    run = named(admin, merchant, sent(admin, merchant, MEMBERS, dataset="members"))
    seen = said(admin, merchant, run)
    named(admin, merchant, run, column_1="last_name", column_2="first_name")
    answer = admin.post(path(merchant, "imports", run.id, "apply"), seen, follow=True)
    assert "The columns were changed meanwhile." in answer.content.decode()
    assert run_at(merchant, run.id).state == "ready"
    # The page that opens after it shows what would happen now.
    admin.post(path(merchant, "imports", run.id, "apply"), said(admin, merchant, run))
    work(merchant, run_at(merchant, run.id))
    with merchant_scope(merchant):
        assert Customer.objects.get(card_number="C-1").first_name == "Zimt"


@pytest.mark.parametrize(
    ("header", "titles"),
    [
        (
            'card,"E-mail; of the\nmember, if any","First\r\nname"',
            ["card", "E-mail; of the member, if any", "First name"],
        ),
        ('"card","mail; a; b; c; d","first name"', ["card", "mail; a; b; c; d", "first name"]),
    ],
    ids=["line-breaks", "other-separators"],
)
def test_read_titles_that_hold_line_breaks_and_separators(
    admin: Client, merchant: Merchant, header: str, titles: list[str]
) -> None:
    run = sent(admin, merchant, f"{header}\nC-1,cora@example.com,Cora\nC-2,x,Bea\n", dataset="members")
    form = admin.get(path(merchant, "imports", run.id, "columns")).context["form"]
    assert [line.title for line in form.lines()] == titles
    assert form.lines()[0].samples == ["C-1", "C-2"]
    found = named(admin, merchant, run, column_0="card_number", column_1="email", column_2="first_name")
    # The line is the one that an editor shows.
    assert found.problems == [{"line": 3 + header.count("\n"), "reason": "“x” is no e-mail address."}]


def test_refuse_titles_whose_quotes_do_not_end(admin: Client, merchant: Merchant) -> None:
    run = sent(admin, merchant, 'card,"email\nC-1,a@example.com\nC-2,b@example.com\n', dataset="members")
    assert (run.state, run.problems[0]["reason"]) == ("refused", "The quotes of this row do not fit together.")


def test_say_one_line_of_one(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-1")
    run = brought(admin, merchant, "reference,card_number,points,reason\nA,C-1,100,Sorry\n", dataset="points")
    taken_back(admin, merchant, run)
    page = admin.get(path(merchant, "imports", run.id)).content.decode()
    assert ": 1 line." in page
    assert act(admin, merchant, run, "undo").undo_state == "done"


def test_preview_the_days_of_responses_by_the_merchants_clock(admin: Client, merchant: Merchant) -> None:
    merchant.time_zone = "America/Los_Angeles"
    merchant.save(update_fields=["time_zone"])
    with merchant_scope(merchant):
        standing = offers.standing(Status.PENDING, offers.offer())
        # The evening before, in Los Angeles.
        late = datetime.combine(standing.issued_at.date(), time(3), tzinfo=UTC)
        OfferResponse.objects.filter(id=standing.id).update(issued_at=late)
    run = named(admin, merchant, sent(admin, merchant, f"id,status\n{standing.id},canceled\n", dataset="responses"))
    assert (run.state, run.problems) == ("ready", [])
    assert dict(run.sample[0]["facts"])["Issued"] == str(late.date() - timedelta(days=1))
