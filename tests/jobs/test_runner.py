"""Claiming, running and settling jobs."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from jobs import leases, runner
from jobs.errors import LeaseLost
from jobs.models import Job
from jobs.run import JobRun
from jobs.states import State
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.jobs import work

PutDown = Callable[..., Job]
Stored = Callable[[Job], Job]


def claimed_run(job: Job, lease: timedelta = timedelta(seconds=60)) -> JobRun:
    """Claim a job as a worker does."""
    token = uuid.uuid4()
    with merchant_scope(job.merchant_id):
        row = leases.claim(merchant_id=job.merchant_id, job_id=job.id, token=token, lease=lease)
    assert row is not None
    return JobRun(job.merchant_id, row.id, row.kind, row.payload, row.attempts, row.max_attempts, token, lease)


def clock_of_the_database() -> datetime:
    """The time of the transaction that is open, or of one that begins now: by it the pauses are reckoned."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        found: datetime = cursor.fetchone()[0]
    return found


def make_due(job: Job) -> None:
    """Let the pause before the next attempt be over."""
    with merchant_scope(job.merchant_id):
        Job.objects.filter(id=job.id).update(next_at=timezone.now() - timedelta(seconds=1))


def end_lease(job: Job) -> None:
    """Let the lease run out."""
    with merchant_scope(job.merchant_id):
        Job.objects.filter(id=job.id).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_run_marks_job_as_done(put_down: PutDown, stored: Stored) -> None:
    job = put_down(payload={"thing": "7"})

    assert runner.run_one(job.merchant_id, job.id)

    found = stored(job)
    assert (found.state, found.attempts, found.lease_token, found.last_error) == (State.DONE, 1, None, "")
    assert found.finished_at is not None
    assert work.seen[0].payload == {"thing": "7"}


def test_run_leaves_finished_job_alone(put_down: PutDown) -> None:
    job = put_down()
    runner.run_one(job.merchant_id, job.id)

    assert not runner.run_one(job.merchant_id, job.id)
    assert len(work.seen) == 1


def test_run_leaves_job_of_the_future_alone(put_down: PutDown, stored: Stored) -> None:
    job = put_down(next_at=timezone.now() + timedelta(hours=1))

    assert not runner.run_one(job.merchant_id, job.id)
    assert stored(job).state == State.DUE


def test_run_finds_no_job_of_another_merchant(put_down: PutDown, other_merchant: Merchant, stored: Stored) -> None:
    job = put_down()

    assert not runner.run_one(other_merchant.id, job.id)
    assert stored(job).state == State.DUE


def test_failure_backs_off_and_keeps_no_personal_data(put_down: PutDown, stored: Stored) -> None:
    job, before = put_down("test.fail"), clock_of_the_database()

    runner.run_one(job.merchant_id, job.id)

    found, after = stored(job), timezone.now()
    assert (found.state, found.last_error, found.attempts) == (State.DUE, "ValueError", 1)
    assert before + timedelta(seconds=2.4) < found.next_at < after + timedelta(seconds=5.1)


def test_failure_at_last_attempt_is_dead(put_down: PutDown, stored: Stored) -> None:
    job = put_down("test.fail", max_attempts=2)
    for _attempt in range(2):
        make_due(job)
        runner.run_one(job.merchant_id, job.id)

    found = stored(job)
    assert (found.state, found.attempts, found.last_error) == (State.DEAD, 2, "ValueError")
    assert found.finished_at is not None


def test_give_up_is_dead_at_once_and_its_room_is_told(put_down: PutDown, stored: Stored) -> None:
    job = put_down("test.hopeless", payload={"thing": "7"})

    runner.run_one(job.merchant_id, job.id)

    assert (stored(job).state, stored(job).last_error) == (State.DEAD, "hopeless")
    assert work.dead == [({"thing": "7"}, "hopeless")]


@pytest.mark.parametrize(("counts", "attempts"), [(True, 1), (False, 0)])
def test_retry_later_waits_as_asked(put_down: PutDown, stored: Stored, counts: bool, attempts: int) -> None:
    job, before = put_down("test.later", payload={"counts": counts}), clock_of_the_database()

    runner.run_one(job.merchant_id, job.id)

    found, after = stored(job), timezone.now()
    assert (found.state, found.last_error, found.attempts) == (State.DUE, "busy", attempts)
    assert before + timedelta(seconds=29.9) < found.next_at < after + timedelta(seconds=30.1)


def test_unknown_kind_is_dead_with_its_reason(put_down: PutDown, stored: Stored) -> None:
    job = put_down("test.nobody_knows")

    runner.run_one(job.merchant_id, job.id)

    assert (stored(job).state, stored(job).last_error) == (State.DEAD, "unknown_kind")


def test_lease_that_ran_out_is_taken_over(put_down: PutDown, stored: Stored) -> None:
    job = put_down()
    lost = claimed_run(job)
    end_lease(job)

    assert runner.run_one(job.merchant_id, job.id)
    assert (stored(job).state, stored(job).attempts) == (State.DONE, 2)
    with pytest.raises(LeaseLost):
        lost.progress(1)


def test_lease_that_holds_is_not_taken(put_down: PutDown) -> None:
    job = put_down()
    claimed_run(job)

    assert not runner.run_one(job.merchant_id, job.id)


def test_finish_without_lease_rolls_the_work_back(put_down: PutDown, stored: Stored) -> None:
    job = put_down()
    lost = claimed_run(job)
    end_lease(job)
    winner = claimed_run(job)

    def finish_too_late() -> None:
        with lost.scope():
            Job.objects.filter(id=job.id).update(result={"by": "loser"})
            lost.finish()

    with pytest.raises(LeaseLost):
        finish_too_late()

    assert stored(job).result == {}
    with winner.scope():
        winner.finish(by="winner")
    assert (stored(job).state, stored(job).result) == (State.DONE, {"by": "winner"})


def test_renew_holds_the_job_longer(put_down: PutDown, stored: Stored) -> None:
    run = claimed_run(job := put_down(), lease=timedelta(seconds=5))
    run.lease = timedelta(seconds=500)

    run.renew()

    until = stored(job).lease_until
    assert until is not None
    assert until - timezone.now() > timedelta(seconds=400)


def test_job_whose_workers_all_died_is_dead(put_down: PutDown, stored: Stored) -> None:
    job = put_down("test.hopeless", max_attempts=1)
    claimed_run(job)
    end_lease(job)

    runner.run_one(job.merchant_id, job.id)

    assert (stored(job).state, stored(job).last_error) == (State.DEAD, "worker_lost")
    assert work.dead == [({}, "worker_lost")]


def test_progress_goes_on_where_it_stopped(put_down: PutDown, stored: Stored) -> None:
    job = put_down("test.count")

    runner.run_one(job.merchant_id, job.id)
    assert (stored(job).done_rows, stored(job).total_rows, stored(job).state) == (4, 10, State.DUE)
    make_due(job)
    runner.run_one(job.merchant_id, job.id)

    assert (stored(job).done_rows, stored(job).state) == (10, State.DONE)
    assert [run.attempt for run in work.seen] == [1, 2]


def test_batch_takes_as_many_as_it_said(put_down: PutDown, merchant: Merchant, stored: Stored) -> None:
    jobs = [put_down("test.many", payload={"bad": index == 1}) for index in range(7)]

    assert runner.run_kind(merchant.id, "test.many") == 7

    assert [len(batch) for batch in work.batches] == [3, 3, 1]
    assert [stored(job).state for job in jobs] == ["done", "due", "done", "done", "done", "done", "done"]
    assert stored(jobs[1]).last_error == "bad"


def test_run_due_runs_every_merchants_jobs(put_down: PutDown, other_merchant: Merchant, stored: Stored) -> None:
    jobs = [put_down(), put_down("test.many"), put_down(whose=other_merchant)]

    assert runner.run_due() == 3
    assert {stored(job).state for job in jobs} == {State.DONE}
    assert {run.merchant_id for run in work.seen} == {jobs[0].merchant_id, other_merchant.id}


def test_priority_goes_first(put_down: PutDown, merchant: Merchant) -> None:
    late, early = put_down(), put_down(priority=30)

    runner.run_kind(merchant.id, "test.note")

    assert [run.job_id for run in work.seen] == [early.id, late.id]


def test_two_workers_racing_run_a_job_once(together: Callable[..., list[Any]], put_down: PutDown) -> None:
    jobs = [put_down() for _index in range(10)]

    outcomes = together(runner.run_one, [(job.merchant_id, job.id) for job in jobs for _worker in range(2)])

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == 10
    assert sorted(run.job_id for run in work.seen) == sorted(job.id for job in jobs)


def test_racing_workers_share_a_batch_kind(together: Callable[..., list[Any]], put_down: PutDown) -> None:
    jobs = [put_down("test.many") for _index in range(60)]

    outcomes = together(runner.run_kind, [(jobs[0].merchant_id, "test.many")] * 6)

    assert sum(outcome.value for outcome in outcomes) == 60
    taken = [run.job_id for batch in work.batches for run in batch]
    assert len(taken) == len(set(taken)) == 60


def test_claim_without_condition_runs_a_job_twice(put_down: PutDown, together: Callable[..., list[Any]]) -> None:
    """The negative control: a runner that reads and then writes, without a condition, does it twice."""
    job = put_down()

    def careless() -> int:
        with merchant_scope(job.merchant_id):
            if Job.objects.get(id=job.id).state != State.DUE:
                return 0
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.2)")
            Job.objects.filter(id=job.id).update(state=State.DONE, finished_at=timezone.now())
            return 1

    assert sum(outcome.value for outcome in together(careless, [()] * 4)) > 1
