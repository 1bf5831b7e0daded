"""A shop with responses, and exports of them that are asked for and worked through, with real commits."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from exports import defining, running, store
from exports.export_states import Cause
from exports.models import Export, ExportRun
from jobs.runner import run_one
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.offers import factories as offers

OWNER = "owner@brew-bloom.example"
KEYS = ["id", "offer_name", "status"]


@pytest.fixture
def shop(transactional_db: None, media: Path) -> Merchant:
    """A merchant with an owner and three responses, committed."""
    merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom", time_zone="Europe/Berlin")
    user = User.objects.create(email=OWNER, name="Olga")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    with merchant_scope(merchant):
        what = offers.offer()
        for number in range(3):
            offers.give(what, offers.member(last_name=f"Lind {number}"))
    return merchant


def owner() -> User:
    return User.objects.get(email=OWNER)


def define(merchant: Merchant, **values: Any) -> Export:
    known: dict[str, Any] = {
        "name": "Responses",
        "dataset": "offer_responses",
        "columns": KEYS,
        "query": "",
        "sort": "-issued",
        "format": "csv",
        "harmless": False,
    }
    now = values.pop("now", None) or timezone.now()
    with merchant_scope(merchant):
        return defining.create(values=known | values, user=owner(), now=now)


def ask(merchant: Merchant, export: Export) -> ExportRun:
    with merchant_scope(merchant):
        return running.ask(export_id=export.id, cause=Cause.HAND, user=owner(), now=timezone.now())


def fresh(merchant: Merchant, run: ExportRun) -> ExportRun:
    with merchant_scope(merchant):
        found: ExportRun = ExportRun.objects.select_related("job", "export").get(id=run.id)
        return found


def work(merchant: Merchant, run: ExportRun) -> ExportRun:
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    return fresh(merchant, run)


def due_again(merchant: Merchant, run: ExportRun) -> None:
    """Let the next attempt begin now."""
    with merchant_scope(merchant), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs_job SET next_at = now(), lease_until = CASE WHEN state = 'running' THEN now() END"
            " WHERE merchant_id = %s AND id = %s",
            [merchant.id, run.job_id],
        )


def rows_of(run: ExportRun) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(store.path_of(run.merchant_id, run.id).read_text())))


def files_of(merchant: Merchant) -> list[str]:
    folder = store.folder_of(merchant.id)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
