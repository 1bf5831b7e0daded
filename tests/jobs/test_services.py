"""Putting down, retrying, calling off; and the bell."""

import contextlib
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.embedded.ports import free_port
from jobs import bell, leases, services
from jobs.errors import NotPossible
from jobs.models import Job
from jobs.services import enqueue, enqueue_many
from jobs.states import State
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import NoMerchant, merchant_scope
from tests.jobs import work

PutDown = Callable[..., Job]
Stored = Callable[[Job], Job]
BY = Actor.user(uuid.uuid4())


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """Every task that was put on the queue, at once and not by the thread that does it."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(bell.ringer, "later", bell.ring)
    monkeypatch.setattr(bell, "send", lambda task, *args, **_queue: found.append((task, *args)))
    return found


def test_enqueue_needs_a_scope() -> None:
    with pytest.raises(NoMerchant):
        enqueue(kind="test.note", payload={}, now=timezone.now())


def test_enqueue_twice_with_one_key_is_one_job(put_down: PutDown) -> None:
    first, second = put_down(dedupe_key="7"), put_down(dedupe_key="7")

    assert first.id == second.id


def test_enqueue_returns_the_finished_job_too(put_down: PutDown, stored: Stored) -> None:
    first = put_down(dedupe_key="7")
    with merchant_scope(first.merchant_id):
        Job.objects.update(state=State.DONE, finished_at=timezone.now())

    assert put_down(dedupe_key="7").state == State.DONE
    assert stored(first).state == State.DONE


def test_key_belongs_to_kind_and_merchant(put_down: PutDown, other_merchant: Merchant) -> None:
    made = [
        put_down(dedupe_key="7"),
        put_down("test.many", dedupe_key="7"),
        put_down(dedupe_key="7", whose=other_merchant),
        put_down(),
        put_down(),
    ]

    assert len({job.id for job in made}) == 5


def test_enqueue_at_once_with_one_key_is_one_job(put_down: PutDown, together: Callable[..., list[Any]]) -> None:
    outcomes = together(lambda: put_down(dedupe_key="7").id, [()] * 8)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert len({outcome.value for outcome in outcomes}) == 1


def test_enqueue_many_keeps_the_order(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        known = enqueue(kind="test.note", payload={"n": 0}, dedupe_key="b", now=timezone.now())
        made = enqueue_many(
            kind="test.note", payloads=[("a", {"n": 1}), ("b", {"n": 2}), ("", {"n": 3})], now=timezone.now()
        )

    assert [job.payload["n"] for job in made] == [1, 0, 3]
    assert made[1].id == known.id


def test_bell_rings_after_the_commit_only(
    merchant: Merchant, transactional_db: None, rung: list[Any], put_down: PutDown
) -> None:
    with contextlib.suppress(KeyError), merchant_scope(merchant):
        put_down()
        raise KeyError
    assert rung == []

    with merchant_scope(merchant):
        job = put_down()
        assert rung == []

    assert rung == [("jobs.tasks.run_job", str(merchant.id), str(job.id))]


def test_bell_of_many_jobs_rings_a_few_times(
    transactional_db: None, merchant: Merchant, rung: list[Any], put_down: PutDown
) -> None:
    with merchant_scope(merchant):
        for _number in range(50):
            put_down()
            put_down("test.many")

    tasks = [task for task, *_rest in rung]
    assert tasks == ["jobs.tasks.run_kind"] * 8


def test_bell_of_a_rolled_back_savepoint_is_not_the_outer_ones(
    transactional_db: None, merchant: Merchant, rung: list[Any], put_down: PutDown
) -> None:
    with merchant_scope(merchant):
        with contextlib.suppress(KeyError), transaction.atomic():
            put_down()
            raise KeyError
        kept = put_down()

    assert rung == [("jobs.tasks.run_job", str(merchant.id), str(kept.id))]


def test_bell_is_silent_for_jobs_of_the_future(
    transactional_db: None, merchant: Merchant, rung: list[Any], put_down: PutDown
) -> None:
    put_down(next_at=timezone.now() + timedelta(seconds=2))

    assert rung == []


def test_dead_broker_costs_no_time_and_no_error(
    transactional_db: None, put_down: PutDown, settings: Any, monkeypatch: pytest.MonkeyPatch, broker_away: None
) -> None:
    taken: list[tuple[float, float]] = []
    for _time in range(8):
        monkeypatch.setattr(bell, "_quiet_until", 0.0)
        first, noticed = seconds_to(put_down), bell._quiet_until
        later, still = seconds_to(put_down), bell._quiet_until
        taken.append((first, later))
        # The first notices; for a while after it nobody even tries.
        assert 0.0 < noticed == still
    # Who tried again and again would never be so quick; on a busy machine everything takes its time now and then.
    firsts, laters = zip(*taken, strict=True)
    assert (min(firsts) < 0.5, min(laters) < 0.05) == (True, True)


def seconds_to(put_down: PutDown) -> float:
    begun = time.perf_counter()
    assert put_down().state == State.DUE
    return time.perf_counter() - begun


@pytest.fixture
def broker_away(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application's own Celery settings, with a broker where nobody answers."""
    monkeypatch.setattr(bell, "_quiet_until", 0.0)
    # The application that is current is a matter of the thread: ring in this one.
    monkeypatch.setattr(bell.ringer, "later", bell.ring)
    before = current_app._get_current_object()
    settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{free_port()}/0"
    away = Celery("away", set_as_current=True)
    away.config_from_object("django.conf:settings", namespace="CELERY")
    yield
    before.set_current()
    monkeypatch.setattr(bell, "_quiet_until", 0.0)


def test_payload_is_kept_as_given(put_down: PutDown, stored: Stored) -> None:
    payload = {"id": str(uuid.uuid4()), "n": 7, "list": [1, None, "ä'\"\\"]}

    assert stored(put_down(payload=payload)).payload == payload


def test_retry_makes_a_dead_job_due_once(put_down: PutDown, stored: Stored, merchant: Merchant) -> None:
    job = put_down()
    with merchant_scope(merchant):
        Job.objects.update(state=State.DEAD, finished_at=timezone.now(), attempts=8, last_error="ValueError")
        for _time in range(2):
            services.retry(job_id=job.id, actor=BY, now=timezone.now())
        assert AuditEvent.objects.filter(action="job.retried", actor=str(BY)).count() == 1

    assert (stored(job).state, stored(job).attempts, stored(job).finished_at) == (State.DUE, 0, None)


def test_retry_is_refused_where_people_try_again_elsewhere(put_down: PutDown, merchant: Merchant) -> None:
    job = put_down("test.many")
    with merchant_scope(merchant):
        Job.objects.update(state=State.DEAD, finished_at=timezone.now())
        with pytest.raises(NotPossible):
            services.retry(job_id=job.id, actor=BY, now=timezone.now())


def test_cancel_tells_the_room_that_owns_the_job(put_down: PutDown, merchant: Merchant, stored: Stored) -> None:
    job = put_down("test.hopeless", payload={"thing": "7"})
    with merchant_scope(merchant):
        for _time in range(2):
            services.cancel(job_id=job.id, actor=BY, now=timezone.now())

    assert stored(job).state == State.CANCELLED
    assert work.dead == [({"thing": "7"}, "cancelled")]


@pytest.mark.parametrize(("kind", "stops"), [("test.note", True), ("test.many", False)])
def test_cancel_of_a_running_job(put_down: PutDown, merchant: Merchant, stored: Stored, kind: str, stops: bool) -> None:
    job = put_down(kind)
    with merchant_scope(merchant):
        leases.claim(merchant_id=merchant.id, job_id=job.id, token=uuid.uuid4(), lease=timedelta(seconds=60))
        if stops:
            services.cancel(job_id=job.id, actor=BY, now=timezone.now())
        else:
            with pytest.raises(NotPossible):
                services.cancel(job_id=job.id, actor=BY, now=timezone.now())

    assert stored(job).state == (State.CANCELLED if stops else State.RUNNING)


@pytest.mark.parametrize(
    "values",
    [
        {"state": "sleeping"},
        {"state": State.RUNNING},
        {"state": State.DONE},
        {"lease_token": uuid.uuid4()},
        {"finished_at": timezone.now()},
        {"max_attempts": 0},
    ],
)
def test_database_refuses_impossible_jobs(put_down: PutDown, merchant: Merchant, values: dict[str, Any]) -> None:
    put_down()
    with merchant_scope(merchant), pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.update(**values)
