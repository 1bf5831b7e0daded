"""The Jobs page."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from jobs import runner
from jobs.models import Job, PeriodicRun
from jobs.states import State
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of

PutDown = Callable[..., Job]
Stored = Callable[[Job], Job]
SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/jobs/"


def test_list_shows_jobs_in_words(put_down: PutDown, signed_in: SignedIn) -> None:
    job = put_down("test.fail", max_attempts=1)
    runner.run_one(job.merchant_id, job.id)

    page = signed_in(Role.VIEWER).get(LIST).content.decode()

    assert "test: fail" in page
    assert "ValueError" in page
    assert "jane@example.com" not in page
    assert "1 of 1" in page
    assert "1 dead" in page


def test_list_narrows_by_state_and_kind(put_down: PutDown, signed_in: SignedIn) -> None:
    put_down(), put_down("test.many")
    client = signed_in(Role.VIEWER)

    def rows(query: str) -> int:
        return client.get(LIST + query).content.decode().count('<th scope="row"')

    assert (rows(""), rows("?kind=test.note"), rows("?state=done"), rows("?state=due&kind=test.many")) == (2, 1, 0, 1)


def test_list_says_that_the_clock_stands_still(signed_in: SignedIn) -> None:
    client = signed_in(Role.VIEWER)
    assert "stands still" in client.get(LIST).content.decode()

    PeriodicRun.objects.create(name="poke_due", period_start=timezone.now(), started_at=timezone.now())

    assert "stands still" not in client.get(LIST).content.decode()


def test_list_makes_as_many_queries_for_many_rows_as_for_one(put_down: PutDown, signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    put_down()
    few = len(queries_of(client, LIST))
    for number in range(30):
        put_down("test.many" if number % 2 else "test.note")

    assert len(queries_of(client, LIST)) == few <= 12


def test_list_shows_a_progress_bar(put_down: PutDown, signed_in: SignedIn) -> None:
    job = put_down("test.count")
    runner.run_one(job.merchant_id, job.id)

    assert '<progress value="4" max="10"' in signed_in(Role.VIEWER).get(LIST).content.decode()


def test_page_of_one_job(put_down: PutDown, signed_in: SignedIn) -> None:
    job = put_down(payload={"thing": "7"})

    page = signed_in(Role.VIEWER).get(f"{LIST}{job.id}/").content.decode()

    assert "Take a note" in page
    assert "thing 7" in page
    assert "/retry/" not in page


def test_retry_and_cancel_once(put_down: PutDown, signed_in: SignedIn, stored: Stored, merchant: Merchant) -> None:
    client, job = signed_in(Role.ADMIN), put_down()

    for _press in range(2):
        assert client.post(f"{LIST}{job.id}/cancel/").status_code == 302
    assert stored(job).state == State.CANCELLED
    for _press in range(2):
        assert client.post(f"{LIST}{job.id}/retry/").status_code == 302

    assert stored(job).state == State.DUE
    with merchant_scope(merchant):
        assert AuditEvent.objects.filter(action="job.cancelled").count() == 1
        assert AuditEvent.objects.filter(action="job.retried").count() == 1


def test_cancel_of_finished_job_says_so(put_down: PutDown, signed_in: SignedIn, stored: Stored) -> None:
    client, job = signed_in(Role.ADMIN), put_down()
    runner.run_one(job.merchant_id, job.id)

    page = client.post(f"{LIST}{job.id}/cancel/", follow=True).content.decode()

    assert "has moved on" in page
    assert stored(job).state == State.DONE


@pytest.mark.parametrize("act", ["retry", "cancel"])
def test_acting_is_for_admins(put_down: PutDown, signed_in: SignedIn, act: str, stored: Stored) -> None:
    client, job = signed_in(Role.AGENT), put_down()

    assert client.post(f"{LIST}{job.id}/{act}/").status_code == 403
    assert client.get(f"{LIST}{job.id}/{act}/").status_code == 403
    assert stored(job).state == State.DUE
    assert f"/{act}/" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("act", ["", "retry/", "cancel/"])
def test_foreign_job_is_not_found(
    put_down: PutDown, signed_in: SignedIn, other_merchant: Merchant, act: str, stored: Stored
) -> None:
    client, job = signed_in(Role.ADMIN), put_down(whose=other_merchant)

    for job_id in (job.id, uuid.uuid4()):
        assert client.get(f"{LIST}{job_id}/{act}").status_code == 404
        assert client.post(f"{LIST}{job_id}/{act}").status_code in (404, 405)
    assert stored(job).state == State.DUE


def test_question_before_an_act(put_down: PutDown, signed_in: SignedIn) -> None:
    job = put_down()

    page = signed_in(Role.ADMIN).get(f"{LIST}{job.id}/cancel/").content.decode()

    assert "Cancel the job: Take a note" in page
    assert "csrfmiddlewaretoken" in page


def test_bad_parameters_are_no_error(signed_in: SignedIn) -> None:
    client = signed_in(Role.VIEWER)

    for query in (
        "?state=xyz",
        "?kind=%F0%9F%92%A3",
        "?created_from=never",
        "?sort=payload",
        "?after=zzz",
        "?page_size=-1",
    ):
        assert client.get(LIST + query).status_code == 200
