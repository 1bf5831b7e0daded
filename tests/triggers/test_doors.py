"""Every door through which something happens: tills, staff, bulk acts, files."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from claims_center.services import processing
from claims_center.states import Status
from cockpit import members
from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_one
from ledger.models import Entry
from loyalty.imports import purchases
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center import bulking
from tests.claims_center.factories import STAFF, claim_in
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.pos.till import Till
from tests.triggers.factories import given, on
from triggers import services
from triggers.states import Occasion

LONG_AGO = timezone.now() - timedelta(days=3000)
committed = pytest.mark.django_db(databases=["default", "aside"], transaction=True)
answered = pytest.mark.django_db(databases=["default", "aside"])


@answered
def test_till_is_told_what_a_purchase_brought(merchant: Merchant) -> None:
    till = Till(merchant)
    with merchant_scope(merchant):
        who, offer = offers.member(), offers.offer(needs_clip=True)
        on(offer, Occasion.PURCHASE, minimum="20", flag=True)
    body = {"member_id": str(who.id), "reference": "4711", "amount": "25.00", "currency": "USD"}
    first = till.post("purchases", body, key="once")
    (told,) = first.json()["issued_responses"]
    assert (first.status_code, told["status"], told["source"]) == (201, "clipped", "trigger")
    assert told["offer"]["id"] == str(offer.id)
    assert till.get(f"responses/{told['id']}").json() == told
    again = till.post("purchases", body, key="once")
    assert (again.content, again.headers["Idempotent-Replayed"]) == (first.content, "true")
    small = till.post("purchases", body | {"reference": "4712", "amount": "19.99"})
    assert small.json()["issued_responses"] == []
    with merchant_scope(merchant):
        assert len(given(offer)) == 1


@answered
def test_till_enrols_and_redeems(merchant: Merchant) -> None:
    till = Till(merchant)
    with merchant_scope(merchant):
        welcome, thanks, reward = offers.offer(), offers.offer(), loyalty.reward()
        on(welcome, Occasion.ENROLLED)
        on(thanks, Occasion.REDEEMED)
    member_id = till.post("members", {"email": "neil@example.com"}).json()["id"]
    with merchant_scope(merchant):
        loyalty.points(Customer.objects.get(id=member_id), 100)
    assert till.post(f"rewards/{reward.id}/redeem", {"member_id": member_id}).status_code == 201
    with merchant_scope(merchant):
        assert [len(given(one)) for one in (welcome, thanks)] == [1, 1]


def test_claim_is_answered_once_however_often_it_is_processed(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.PROCESSED, now=LONG_AGO)
    claim = claim_in(Status.PROCESSED)
    by: dict[str, Any] = {"actor": STAFF, "now": timezone.now()}
    processing.unprocess(claim_id=claim.id, **by)
    processing.mark_processed(claim_id=claim.id, **by)
    assert Entry.objects.filter(event="claim.processed").count() == 2
    assert [one.customer_id for one in given(offer)] == [claim.customer_id]


@committed
def test_claims_in_bulk_are_answered(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        offer = offers.offer()
        on(offer, Occasion.PROCESSED)
        claims = [claim_in(Status.VERIFIED, kind="item")]
    bulking.done(merchant, "process", claims)
    with merchant_scope(merchant):
        assert [one.customer_id for one in given(offer)] == [claims[0].customer_id]


def imported(merchant: Merchant, importer: Any, path: Path, text: str) -> Any:
    """Import a file with these lines."""
    file = path / "file.csv"
    file.write_text(text)
    return importer.apply(file, merchant_id=merchant.id, actor=Actor.system(), now=timezone.now())


@committed
def test_members_of_a_file_enrol(merchant: Merchant, tmp_path: Path) -> None:
    with merchant_scope(merchant):
        offer = offers.offer()
        on(offer, Occasion.ENROLLED)
        offers.member(email="mara@example.com")
    imported(merchant, members, tmp_path, "email,first_name\nmara@example.com,Mara\nneil@example.com,Neil\n")
    with merchant_scope(merchant):
        assert [one.customer.email for one in given(offer)] == ["neil@example.com"]


@committed
def test_purchases_of_a_file_count_from_when_they_were_made(merchant: Merchant, tmp_path: Path) -> None:
    """A year of history brings nothing for what happened before the trigger was on."""
    with merchant_scope(merchant):
        offer, now = offers.offer(), timezone.now()
        on(offer, Occasion.PURCHASE, minimum="10", now=now - timedelta(days=10))
        offers.member(email="mara@example.com")
    days = {"old": 11, "new": 2, "small": 1}
    lines = [
        f"{name},mara@example.com,{'9.99' if name == 'small' else '12.00'},{now - timedelta(days=ago):%Y-%m-%dT%H:%M:%SZ}"
        for name, ago in days.items()
    ]
    text = "\n".join(["reference,email,amount,occurred_at", *lines, ""])
    imported(merchant, purchases, tmp_path, text)
    with merchant_scope(merchant):
        (response,) = given(offer)
        entry = Entry.objects.get(id=response.trigger_entry_id)
        assert (now - entry.occurred_at).days in (1, 2)
        assert response.issued_at >= now


@committed
def test_large_files_are_answered_by_the_job(
    merchant: Merchant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST", 2)
    with merchant_scope(merchant):
        offer = offers.offer()
        on(offer, Occasion.ENROLLED)
    imported(merchant, members, tmp_path, "email\n" + "".join(f"m{n}@example.com\n" for n in range(5)))
    with merchant_scope(merchant):
        jobs = Job.objects.filter(kind="triggers.repair")
        assert (given(offer), jobs.count()) == ([], 1)
        job_id = jobs.get().id
    run_one(merchant.id, job_id)
    with merchant_scope(merchant):
        assert len(given(offer)) == 5
