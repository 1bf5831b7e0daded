"""The imports screen: from an upload to its result."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from claims_center.models import Order
from exports import services
from exports.models import ImportRun
from exports.retention import remove_old_files
from jobs.models import Job
from jobs.runner import run_one
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.support.counting import queries_of
from tests.support.keeping import keep

HEADER = "order_number,marketplace,ordered_at,sku,listing_id,quantity,amount,currency,status,buyer_name\n"
TWO = HEADER + (
    "112-0000001-0000001,amazon,2026-11-01,SKU-1,B0A,1,10.00,USD,shipped,Ada\n"
    "112-0000001-0000002,amazon,2026-11-02,SKU-2,B0B,2,20.00,USD,shipped,Bea\n"
)


def send(client: Client, merchant: Merchant, content: bytes, name: str = "orders.csv") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(
        path(merchant, "imports", "new"), {"dataset": "orders", "file": file, "op_id": str(uuid.uuid4())}
    )


def uploaded(client: Client, merchant: Merchant, text: str = TWO) -> ImportRun:
    """A file whose columns were named as they were guessed."""
    answer = send(client, merchant, text.encode())
    assert answer.status_code == 302
    return go_on(client, merchant, run_at(merchant, answer["Location"].split("/")[-2]))


def go_on(client: Client, merchant: Merchant, run: ImportRun, **said: str) -> ImportRun:
    """Press Continue at the columns as they are guessed, but for what is said otherwise."""
    address = path(merchant, "imports", run.id, "columns")
    form = client.get(address).context["form"]
    answer = client.post(address, form.initial | said | {"op_id": str(uuid.uuid4())})
    assert answer.status_code == 302, answer.content.decode()
    return run_at(merchant, run.id)


def run_at(merchant: Merchant, run_id: Any) -> ImportRun:
    with merchant_scope(merchant):
        found: ImportRun = ImportRun.objects.get(id=run_id)
        return found


def act(client: Client, merchant: Merchant, run: ImportRun, name: str) -> ImportRun:
    answer = client.post(path(merchant, "imports", run.id, name), {"op_id": str(uuid.uuid4())})
    assert answer.status_code == 302
    return run_at(merchant, run.id)


def work(merchant: Merchant, run: ImportRun) -> ImportRun:
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    return run_at(merchant, run.id)


def test_show_what_would_happen_and_change_nothing(admin: Client, merchant: Merchant) -> None:
    run = uploaded(admin, merchant)
    page = admin.get(path(merchant, "imports", run.id)).content.decode()
    assert (run.state, run.added, run.changed, run.skipped, run.refused) == ("ready", 2, 0, 0, 0)
    for shown in ("What would happen", "112-0000001-0000001", "Apply", "Discard"):
        assert shown in page
    with merchant_scope(merchant):
        assert Order.objects.count() == 0


def test_apply_by_a_job(admin: Client, merchant: Merchant) -> None:
    run = act(admin, merchant, uploaded(admin, merchant), "apply")
    page = admin.get(path(merchant, "imports", run.id))
    assert (run.state, "every 2s" in page.content.decode(), "http-equiv" in page.content.decode()) == (
        "applying",
        True,
        True,
    )
    done = work(merchant, run)
    assert (done.state, done.added) == ("done", 2)
    part = admin.get(path(merchant, "imports", run.id), {"part": "1"}).content.decode()
    assert ("every 2s" in part, "<html" in part, "What was done" in part) == (False, False, True)
    with merchant_scope(merchant):
        assert set(Order.objects.values_list("number", flat=True)) == {"112-0000001-0000001", "112-0000001-0000002"}


def test_change_nothing_by_the_same_file_again(admin: Client, merchant: Merchant) -> None:
    work(merchant, act(admin, merchant, uploaded(admin, merchant), "apply"))
    again = uploaded(admin, merchant)
    page = admin.get(path(merchant, "imports", again.id)).content.decode()
    assert (again.added, again.changed, again.skipped) == (0, 0, 2)
    assert "Applying it changes nothing" in page
    done = work(merchant, act(admin, merchant, again, "apply"))
    assert (done.added, done.changed, done.skipped) == (0, 0, 2)


def test_refuse_a_file_whole_with_line_and_reason(admin: Client, merchant: Merchant) -> None:
    run = uploaded(admin, merchant, TWO + "112-0000001-0000003,amazon,not a day,SKU-3,B0C,1,1.00,USD,shipped,C\n")
    page = admin.get(path(merchant, "imports", run.id)).content.decode()
    assert (run.state, run.refused, run.problems[0]["line"]) == ("refused", 1, 4)
    for shown in ("refused whole", "Line 4"):
        assert shown in page
    refused = act(admin, merchant, run, "apply")
    assert (refused.state, refused.job_id) == ("refused", None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04rest", "not a text file"),
        (b"order_number,marketplace\x00,ordered_at\n", "NUL byte"),
        ("order_number".encode("utf-16"), "UTF-16"),
    ],
)
def test_say_plainly_what_is_wrong_with_a_file(
    admin: Client, merchant: Merchant, content: bytes, sentence: str
) -> None:
    answer = send(admin, merchant, content)
    page = admin.get(answer["Location"]).content.decode()
    assert sentence in page
    assert "refused whole" in page


def test_refuse_an_empty_and_a_huge_file_at_the_upload(admin: Client, merchant: Merchant, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1024 * 1024
    for content, sentence in ((b"", "The file is empty."), (b"x" * 1024 * 1025, "bigger than 1 MB")):
        answer = send(admin, merchant, content)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True)
    with merchant_scope(merchant):
        assert ImportRun.objects.count() == 0


def test_read_a_big_file_by_a_job(admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "READ_AT_ONCE", 100)
    run = uploaded(admin, merchant)
    page = admin.get(path(merchant, "imports", run.id)).content.decode()
    assert (run.state, "Reading the file" in page) == ("reading", True)
    assert work(merchant, run).state == "ready"


def test_keep_the_file_private_and_named_by_the_run(admin: Client, merchant: Merchant, media: Path) -> None:
    answer = send(admin, merchant, TWO.encode(), name="..\\..\\etc/pass\x07wd.csv")
    run = run_at(merchant, answer["Location"].split("/")[-2])
    kept = media / "imports" / str(merchant.id) / str(run.id)
    assert (run.file_name, kept.read_bytes(), kept.stat().st_mode & 0o777) == ("passwd.csv", TWO.encode(), 0o600)


def test_discard_a_file(admin: Client, merchant: Merchant, media: Path) -> None:
    run = act(admin, merchant, uploaded(admin, merchant), "discard")
    assert (run.state, list((media / "imports" / str(merchant.id)).iterdir())) == ("cancelled", [])
    assert act(admin, merchant, run, "apply").state == "cancelled"


def test_apply_once_where_the_button_is_pressed_twice(admin: Client, merchant: Merchant) -> None:
    run = uploaded(admin, merchant)
    first, again = act(admin, merchant, run, "apply"), act(admin, merchant, run, "apply")
    assert first.job_id == again.job_id
    with merchant_scope(merchant):
        assert Job.objects.filter(kind="import.apply").count() == 1


def test_remove_files_when_their_time_is_over(admin: Client, merchant: Merchant, media: Path) -> None:
    old, young = uploaded(admin, merchant), uploaded(admin, merchant)
    folder = media / "imports" / str(merchant.id)
    then = (timezone.now() - timedelta(days=31)).timestamp()
    os.utime(folder / str(old.id), (then, then))
    with merchant_scope(merchant):
        keep(import_days=60)
        assert remove_old_files(now=timezone.now(), limit=10) == 0
        keep(import_days=30)
        assert remove_old_files(now=timezone.now(), limit=10) == 1
    assert [found.name for found in folder.iterdir()] == [str(young.id)]


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_import_as_for_three(admin: Client, merchant: Merchant, count: int) -> None:
    for _number in range(count):
        uploaded(admin, merchant)
    assert len(queries_of(admin, path(merchant, "imports"))) == 7


@pytest.mark.parametrize(
    "query", ["state=zzz", "uploaded_from=junk", "sort=sha256", "after=zzz", "sort=file", "sort=-state"]
)
def test_take_junk_for_a_filter_error(admin: Client, merchant: Merchant, query: str) -> None:
    uploaded(admin, merchant)
    page = admin.get(f"{path(merchant, 'imports')}?{query}")
    assert (page.status_code, len(page.context["page"].rows)) == (200, 1)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_let_nobody_else_in(merchant: Merchant, admin: Client, role: Role) -> None:
    run = uploaded(admin, merchant)
    other = sign_in(merchant, role)
    for rest in ((), ("new",), (run.id,), (run.id, "lines"), (run.id, "lines", "file"), (run.id, "columns")):
        assert other.get(path(merchant, "imports", *rest)).status_code == 403
    for name in ("columns", "undo", "apply", "discard"):
        assert other.post(path(merchant, "imports", run.id, name)).status_code == 403


def test_know_no_import_of_another_merchant(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    foreign = uploaded(sign_in(other_merchant, Role.ADMIN), other_merchant)
    assert admin.get(path(merchant, "imports", foreign.id)).status_code == 404
    for name in ("apply", "discard", "columns", "undo"):
        assert admin.post(path(merchant, "imports", foreign.id, name)).status_code == 404
    for name in ("columns", "undo", "lines", "lines/file"):
        assert admin.get(path(merchant, "imports", foreign.id, *name.split("/"))).status_code == 404
