"""Files brought in through the pages, applied by their jobs, and taken back."""

import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exports.models import ImportRow, ImportRun
from jobs.runner import run_one
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path


def send(client: Client, merchant: Merchant, content: bytes, *, dataset: str, name: str = "rows.csv") -> Any:
    """Post the upload."""
    body = {"dataset": dataset, "file": SimpleUploadedFile(name, content), "op_id": str(uuid.uuid4())}
    return client.post(path(merchant, "imports", "new"), body)


def sent(client: Client, merchant: Merchant, text: str, *, dataset: str) -> ImportRun:
    """An uploaded file, its columns still to be named."""
    answer = send(client, merchant, text.encode(), dataset=dataset)
    assert answer.status_code == 302, answer.content.decode()
    return run_at(merchant, answer["Location"].split("/")[-2])


def named(client: Client, merchant: Merchant, run: ImportRun, **said: str) -> ImportRun:
    """Press Continue at the columns as they are guessed, but for what is said otherwise."""
    address = path(merchant, "imports", run.id, "columns")
    form = client.get(address).context["form"]
    answer = client.post(address, form.initial | said | {"op_id": str(uuid.uuid4())})
    assert answer.status_code == 302, answer.content.decode()
    return run_at(merchant, run.id)


def brought(client: Client, merchant: Merchant, text: str, *, dataset: str, **said: str) -> ImportRun:
    """A file that was applied."""
    run = named(client, merchant, sent(client, merchant, text, dataset=dataset), **said)
    assert run.state == "ready", run.problems
    return work(merchant, act(client, merchant, run, "apply"))


def taken_back(client: Client, merchant: Merchant, run: ImportRun) -> ImportRun:
    """The import after its undo has run."""
    return work(merchant, act(client, merchant, run, "undo"))


def act(client: Client, merchant: Merchant, run: ImportRun, name: str) -> ImportRun:
    """Press a button of the import."""
    answer = client.post(path(merchant, "imports", run.id, name), {"op_id": str(uuid.uuid4())})
    assert answer.status_code == 302
    return run_at(merchant, run.id)


def work(merchant: Merchant, run: ImportRun) -> ImportRun:
    """Let the import's job run."""
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    return run_at(merchant, run.id)


def run_at(merchant: Merchant, run_id: Any) -> ImportRun:
    """The import as it stands."""
    with merchant_scope(merchant):
        found: ImportRun = ImportRun.objects.get(id=run_id)
        return found


def told(merchant: Merchant, run: ImportRun) -> list[tuple[int, str, str, str]]:
    """What became of each line: line, letter, whether it was taken back, why."""
    with merchant_scope(merchant):
        rows = ImportRow.objects.filter(run_id=run.id).order_by("line")
        return list(rows.values_list("line", "became", "undone", "why"))
