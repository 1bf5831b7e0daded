"""What may go wrong around an export: clocks that differ, jobs that are called off, receivers that are away."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from exports import defining, running
from exports.destinations.s3 import S3Access
from exports.errors import NotPossible
from exports.export_states import Schedule
from exports.models import Destination, Export, ExportRun
from jobs.models import Job
from jobs.runner import run_one
from jobs.services import cancel
from offers.services import catalogue
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.exports.destinations.s3_server import ACCESS, BUCKET, REGION, SECRET, Storage, storing
from tests.exports.destinations.test_pages import made
from tests.exports.runs import ask, define, due_again, files_of, fresh, rows_of, shop, work
from tests.offers import factories as offers

__all__ = ["shop"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
BY = Actor.system()


def planned(merchant: Merchant, export: Export) -> list[Job]:
    """The jobs that will still begin a run of a definition."""
    with merchant_scope(merchant):
        return list(Job.objects.filter(kind="export.due", state="due", payload__export=str(export.id)))


def test_go_on_though_our_clock_is_behind_the_database_s(shop: Merchant) -> None:
    """The job of a moment has its turn by the database's clock; by ours the moment may be still to come."""
    export = define(shop, schedule=Schedule.HOURLY)
    assert export.next_at is not None
    with merchant_scope(shop):
        defining.start_due(export_id=export.id, turn=1, now=export.next_at - timedelta(seconds=2))
        assert Export.objects.get(id=export.id).next_at == export.next_at + timedelta(hours=1)
    assert len(planned(shop, export)) == 2


def test_skip_one_turn_where_its_job_is_called_off_beforehand(shop: Merchant) -> None:
    export = define(shop, schedule=Schedule.DAILY)
    (job,) = planned(shop, export)
    with merchant_scope(shop):
        cancel(job_id=job.id, actor=BY, now=timezone.now())
    (following,) = planned(shop, export)
    assert job.next_at < following.next_at <= job.next_at + timedelta(hours=25)


def beside(work: Callable[[], Any]) -> tuple[threading.Thread, list[Any]]:
    """Begin it on a connection of its own, and leave it time to come as far as its locks let it."""
    said: list[Any] = []

    def begin() -> None:
        try:
            said.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            said.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=begin)
    thread.start()
    thread.join(0.5)
    return thread, said


def stopped_at(
    monkeypatch: pytest.MonkeyPatch, shop: Merchant, run: ExportRun, name: str, work_beside: Callable[[], Any]
) -> tuple[ExportRun, Any]:
    """Work a run through; while its worker writes down `name`, somebody calls it off. Return the run, what they heard."""
    real, begun = getattr(running, name), list[Any]()

    def meanwhile(**about: Any) -> Any:
        found = real(**about) if name == "finish" else None
        begun.append(beside(work_beside))
        return found or real(**about)

    monkeypatch.setattr(running, name, meanwhile)
    work(shop, run)
    for thread, _said in begun:
        thread.join(30)
    return fresh(shop, run), begun[0][1][0]


def test_call_off_while_the_file_is_noted(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both take the job's row before the run's; the other way round the database would end one of them."""
    run = ask(shop, define(shop))

    def called_off() -> str:
        with merchant_scope(shop):
            return running.call_off(run_id=run.id, actor=BY, now=timezone.now()).state

    found, heard = stopped_at(monkeypatch, shop, run, "note_file", called_off)
    assert (found.state, heard, found.attempts) == ("cancelled", "cancelled", 1)


def test_call_the_job_off_while_the_run_is_ended(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(shop, define(shop))

    def called_off() -> str:
        with merchant_scope(shop):
            assert run.job_id is not None
            return cancel(job_id=run.job_id, actor=BY, now=timezone.now()).state

    found, heard = stopped_at(monkeypatch, shop, run, "finish", called_off)
    assert (found.state, type(heard).__name__, found.job.state if found.job else "") == ("done", "NotPossible", "done")


def test_say_that_a_run_has_ended_whose_job_has(shop: Merchant) -> None:
    run = work(shop, ask(shop, define(shop)))
    with merchant_scope(shop):
        ExportRun.objects.filter(id=run.id).update(state="delivering", finished_at=None)
        with pytest.raises(NotPossible, match="has ended"):
            running.call_off(run_id=run.id, actor=BY, now=timezone.now())


@pytest.fixture
def storage(settings: Any) -> Iterator[Storage]:
    settings.OUTBOUND_ALLOW_PRIVATE = True
    with storing() as running_storage:
        yield running_storage


def at(merchant: Merchant, storage: Storage) -> Destination:
    access = S3Access(storage.endpoint, REGION, BUCKET, "daily", ACCESS, SECRET)
    known = {"endpoint": access.endpoint, "region": access.region, "bucket": access.bucket, "folder": access.folder}
    with merchant_scope(merchant):
        return made("s3", settings=known, secret={"access_key": ACCESS, "secret_key": SECRET})


def test_give_a_receiver_time_to_come_back(shop: Merchant, storage: Storage) -> None:
    """Five attempts within some seconds would lose the day's file to a storage that is restarted."""
    storage.error = (503, "SlowDown")
    run = ask(shop, define(shop, destination=at(shop, storage)))
    waits = []
    for _attempt in range(running.ATTEMPTS - 1):
        due_again(shop, run)
        run = work(shop, run)
        assert run.job is not None
        assert (run.state, run.job.last_error) == ("delivering", "delivery")
        waits.append((run.job.next_at - timezone.now()).total_seconds())
    assert [low - 5 < wait < 2 * low + 5 for low, wait in zip((30, 60, 120, 240), waits, strict=True)] == [True] * 4
    storage.error = None
    due_again(shop, run)
    run = work(shop, run)
    assert (run.state, run.attempts, len(storage.objects)) == ("done", 5, 2)


def test_keep_the_file_that_nobody_took(shop: Merchant, storage: Storage) -> None:
    storage.error = (503, "SlowDown")
    run = ask(shop, define(shop, destination=at(shop, storage)))
    for _attempt in range(running.ATTEMPTS):
        due_again(shop, run)
        run = work(shop, run)
    assert (run.state, run.error_code, files_of(shop)) == ("failed", "delivery", [str(run.id)])
    page = sign_in(shop, Role.OWNER).get(path(shop, "exports", "runs", run.id)).content.decode()
    assert "refused the file with the error 503" in page
    assert f"/{run.id}/file/" in page


@pytest.mark.parametrize("gone", [{"columns": ["id", "shoe_size"]}, {"dataset": "shoes"}])
def test_show_a_definition_of_what_there_is_no_more(shop: Merchant, gone: dict[str, Any]) -> None:
    export = define(shop)
    with merchant_scope(shop):
        Export.objects.filter(id=export.id).update(**gone)
    run = work(shop, ask(shop, export))
    assert (run.state, run.error_code) == ("failed", "NotUnderstood")
    client = sign_in(shop, Role.OWNER)
    pages = [("exports",), ("exports", export.id), ("exports", "runs"), ("exports", "runs", run.id)]
    assert [client.get(path(shop, *one)).status_code for one in pages] == [200] * 4
    assert client.get(path(shop, "exports", export.id, "edit")).status_code == (404 if "dataset" in gone else 200)


def test_narrow_by_what_was_archived_meanwhile(shop: Merchant) -> None:
    with merchant_scope(shop):
        offer = offers.offer(name="Of the summer")
        offers.give(offer, offers.member(last_name="Lind"))
    export = define(shop, query=f"offer={offer.id}")
    with merchant_scope(shop):
        catalogue.archive_offer(offer_id=offer.id, archived=True, actor=BY, now=timezone.now())
    run = work(shop, ask(shop, export))
    assert (run.state, [row["offer_name"] for row in rows_of(run)]) == ("done", ["Of the summer"])


@pytest.mark.parametrize("name", ["\u6771" * 120, "a b" * 40, "../../etc/passwd", "=1+1\n\x07", "\U0001f381"])
def test_make_a_file_of_any_name(shop: Merchant, name: str) -> None:
    run = work(shop, ask(shop, define(shop, name=name)))
    assert run.state == "done"
    assert run.file_name.isascii()
    assert "/" not in run.file_name
    client: Client = sign_in(shop, Role.OWNER)
    address = client.get(path(shop, "exports", "runs", run.id)).context["file_url"]
    assert client.get(address).status_code == 200


def test_know_no_link_of_another_merchant(shop: Merchant, other_merchant: Merchant) -> None:
    run = work(shop, ask(shop, define(shop)))
    mine = sign_in(shop, Role.OWNER).get(path(shop, "exports", "runs", run.id)).context["file_url"]
    theirs = mine.replace(f"/m/{shop.slug}/", f"/m/{other_merchant.slug}/")
    stranger = sign_in(other_merchant, Role.OWNER)
    assert (stranger.get(theirs).status_code, stranger.get(mine).status_code) == (404, 404)


def test_begin_a_run_while_its_clock_job_is_called_off(shop: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    export = define(shop, schedule=Schedule.DAILY, now=timezone.now() - timedelta(days=2))
    (job,) = planned(shop, export)
    real, begun = defining.start_due, list[Any]()

    def called_off() -> str:
        with merchant_scope(shop):
            return cancel(job_id=job.id, actor=BY, now=timezone.now()).state

    def meanwhile(**about: Any) -> None:
        real(**about)
        begun.append(beside(called_off))

    monkeypatch.setattr(defining, "start_due", meanwhile)
    run_one(shop.id, job.id)
    for thread, _said in begun:
        thread.join(30)
    assert [type(said[0]).__name__ for _thread, said in begun] == ["NotPossible"]
    with merchant_scope(shop):
        assert (ExportRun.objects.count(), Job.objects.get(id=job.id).state) == (1, "done")
