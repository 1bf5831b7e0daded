"""Figures for Prometheus."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from jobs.models import Job, PeriodicRun
from jobs.services import enqueue
from jobs.states import State
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


@pytest.fixture
def ask(client: Client, settings: Any) -> Callable[[], dict[tuple[str, ...], float]]:
    """Fetches the figures: (name, values of the labels) -> value."""
    settings.METRICS_TOKEN = "a long word"

    def fetch() -> dict[tuple[str, ...], float]:
        answer = client.get("/metrics", headers={"Authorization": "Bearer a long word"})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/plain")
        families = text_string_to_metric_families(answer.content.decode())
        return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}

    return fetch


def put_down(merchant: Merchant, kind: str, **changes: Any) -> None:
    with merchant_scope(merchant):
        job = enqueue(kind=kind, payload={}, now=timezone.now() - timedelta(minutes=3))
        Job.objects.filter(id=job.id).update(**changes or {"kind": kind})


def test_say_what_is_due_running_and_dead_of_all_merchants(
    ask: Callable[[], Any], merchant: Merchant, other_merchant: Merchant
) -> None:
    for whose in (merchant, other_merchant):
        put_down(whose, "message.send")
    put_down(merchant, "message.send", state=State.DEAD, finished_at=timezone.now())
    put_down(merchant, "export.run", state=State.DONE, finished_at=timezone.now())

    found = ask()

    assert found["claims_center_jobs", "message.send", "due"] == 2
    assert found["claims_center_jobs", "message.send", "dead"] == 1
    assert 180 <= found["claims_center_job_oldest_due_seconds", "message.send"] < 240
    assert not [labels for labels in found if "export.run" in labels]


def test_say_what_readiness_says(ask: Callable[[], Any], client: Client) -> None:
    assert ask()["claims_center_ready", "beat"] == 0

    now = timezone.now()
    PeriodicRun.objects.create(name="poke_due", period_start=now - timedelta(seconds=20), started_at=now)

    found = ask()
    assert found["claims_center_ready", "beat"] == 1
    assert found["claims_center_ready", "database"] == 1
    assert 20 <= found["claims_center_beat_age_seconds",] < 80
    assert client.get("/readyz").status_code == 200


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer another", "a long word"])
def test_strangers_find_no_such_address(client: Client, settings: Any, header: str) -> None:
    settings.METRICS_TOKEN = "a long word"
    assert client.get("/metrics", headers={"Authorization": header}).status_code == 404


def test_no_token_no_figures(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
