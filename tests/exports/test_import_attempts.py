"""Imports that do not go through at once: refused between preview and apply, killed half way, tried again, discarded."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Order
from codes.models import Code
from exports import services
from exports.models import ImportRun
from jobs.models import Job
from jobs.run import JobRun
from jobs.runner import run_kind, run_one
from jobs.services import retry
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase
from tenancy.actors import Actor
from tenancy.imports import records
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import make_pool
from tests.claims_pages.factories import path
from tests.exports.importing import act, named, run_at, sent, taken_back, told, work
from tests.loyalty import factories as loyalty

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system()
POINTS = "reference,card_number,points,reason\nA,C-1,100,Welcome\nB,C-2,-50,Mistake\n"
CODES = "code,pool\nAAAA-1111,Gifts\nBBBB-2222,Gifts\n"


def ready(client: Client, merchant: Merchant, text: str, *, dataset: str) -> ImportRun:
    run = named(client, merchant, sent(client, merchant, text, dataset=dataset))
    assert run.state == "ready", run.problems
    return run


def killed_after_one_line(client: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, run: ImportRun) -> Job:
    """The job of a run whose first attempt ended after its first line, ready for the next attempt."""
    monkeypatch.setattr(records, "PORTION", 1)
    real = JobRun.progress

    def dies(self: JobRun, done: int, total: int | None = None) -> None:
        if done == 1:
            raise RuntimeError("killed")
        real(self, done, total)

    with monkeypatch.context() as patched:
        patched.setattr(JobRun, "progress", dies)
        run = work(merchant, act(client, merchant, run, "apply"))
    assert run.state == "applying"
    assert run.job_id is not None
    with merchant_scope(merchant):
        Job.objects.filter(id=run.job_id).update(next_at=timezone.now())
        return Job.objects.get(id=run.job_id)


@pytest.fixture
def people(merchant: Merchant) -> Any:
    with merchant_scope(merchant):
        first, second = loyalty.customer(card_number="C-1"), loyalty.customer(card_number="C-2")
        loyalty.points(second, 60)
        return first, second


def spend(merchant: Merchant, customer: Any) -> None:
    with merchant_scope(merchant):
        loyalty.take(loyalty.reward(cost_in_points=60), customer)


def test_apply_a_file_that_was_refused_while_it_was_applied(admin: Client, merchant: Merchant, people: Any) -> None:
    run = ready(admin, merchant, POINTS, dataset="points")
    spend(merchant, people[1])
    refused = work(merchant, act(admin, merchant, run, "apply"))
    assert (refused.state, refused.problems[0]["line"]) == ("refused", 3)
    with merchant_scope(merchant):
        loyalty.points(people[1], 60)
    again = named(admin, merchant, refused)
    assert again.state == "ready"
    done = work(merchant, act(admin, merchant, again, "apply"))
    assert (done.state, done.added) == ("done", 2)


def test_say_what_stays_of_a_file_that_is_refused_half_way(
    admin: Client, merchant: Merchant, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = killed_after_one_line(admin, merchant, monkeypatch, ready(admin, merchant, POINTS, dataset="points"))
    spend(merchant, people[1])
    run_one(merchant.id, job.id)
    with merchant_scope(merchant):
        run = ImportRun.objects.get(job_id=job.id)
        assert PointAdjustment.objects.count() == 1
    assert (run.state, run.added, run.refused) == ("failed", 1, 1)
    undone = taken_back(admin, merchant, run)
    assert (undone.undo_state, undone.undone) == ("done", 1)


def test_count_what_all_attempts_did_together(
    admin: Client, merchant: Merchant, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = killed_after_one_line(admin, merchant, monkeypatch, ready(admin, merchant, POINTS, dataset="points"))
    with merchant_scope(merchant):
        Job.objects.filter(id=job.id).update(state="dead", finished_at=timezone.now())
        services.fail(payload=job.payload, code="worker_lost", now=timezone.now())
        run = ImportRun.objects.get(job_id=job.id)
        assert run.state == "failed"
        retry(job_id=job.id, actor=BY, now=timezone.now())
    run_one(merchant.id, job.id)
    done = run_at(merchant, run.id)
    assert (done.state, done.added, done.skipped) == ("done", 2, 0)


def test_bring_nothing_in_again_that_was_taken_back(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with merchant_scope(merchant):
        make_pool(name="Gifts")
    job = killed_after_one_line(admin, merchant, monkeypatch, ready(admin, merchant, CODES, dataset="codes"))
    with merchant_scope(merchant):
        Job.objects.filter(id=job.id).update(state="dead", finished_at=timezone.now())
        services.fail(payload=job.payload, code="worker_lost", now=timezone.now())
        run = ImportRun.objects.get(job_id=job.id)
    assert taken_back(admin, merchant, run).undone == 1
    with merchant_scope(merchant):
        retry(job_id=job.id, actor=BY, now=timezone.now())
    run_kind(merchant.id, "import.apply")
    with merchant_scope(merchant):
        assert Code.objects.count() == 0
    assert (run_at(merchant, run.id).undo_state, [line[2] for line in told(merchant, run)]) == ("done", ["b"])


def test_stay_discarded_whatever_becomes_of_the_reading(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "READ_AT_ONCE", 0)
    text = "order_number,marketplace,ordered_at\n112-0000001-0000001,amazon,2026-11-01\n"
    run = named(admin, merchant, sent(admin, merchant, text, dataset="orders"))
    assert (run.state, act(admin, merchant, run, "discard").state) == ("reading", "cancelled")
    assert work(merchant, run).state == "cancelled"
    assert run.job_id is not None
    with merchant_scope(merchant):
        assert (Job.objects.get(id=run.job_id).state, Order.objects.count()) == ("done", 0)
        services.fail(payload={"run": str(run.id)}, code="cancelled", now=timezone.now())
    assert run_at(merchant, run.id).state == "cancelled"


def test_refuse_a_purchase_that_no_column_could_hold(admin: Client, merchant: Merchant, people: Any) -> None:
    with merchant_scope(merchant):
        LoyaltySettings.objects.update_or_create(defaults={"points_per_unit": 1})
    text = "reference,card_number,amount,occurred_at\nA,C-1,9999999999,2026-11-01\nB,C-1,2147483647,2026-11-01\n"
    run = named(admin, merchant, sent(admin, merchant, text, dataset="purchases"))
    assert (run.state, [problem["line"] for problem in run.problems]) == ("refused", [2])
    assert "more than a purchase can be" in admin.get(path(merchant, "imports", run.id)).content.decode()
    with merchant_scope(merchant):
        assert Purchase.objects.count() == 0
