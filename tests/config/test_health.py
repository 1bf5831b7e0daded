"""Liveness and readiness."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from config import health
from jobs.models import PeriodicRun

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


@pytest.fixture
def ticking(db: None) -> None:
    """A beat that struck just now."""
    PeriodicRun.objects.create(name="poke_due", period_start=timezone.now(), started_at=timezone.now())


def test_live_without_anything(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "cursor", lambda *_args: 1 / 0)
    response = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_be_ready(client: Client, ticking: None) -> None:
    response = client.get("/readyz")
    assert response.status_code == 200, response.content
    assert response.json()["status"] == "ready"
    assert set(response.json()["checks"]) == {"database", "migrations", "broker", "beat"}


def test_answer_probes_that_come_by_number_over_plain_http(client: Client, ticking: None, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/readyz", headers={"host": "10.0.0.7:8000"}).status_code == 200


def test_tell_strangers_no_detail(client: Client, ticking: None) -> None:
    for more in ({"REMOTE_ADDR": "192.0.2.1"}, {"HTTP_X_FORWARDED_FOR": "192.0.2.1"}):
        assert client.get("/readyz", **more).json() == {"status": "ready"}  # type: ignore[arg-type]


def test_miss_the_beat(client: Client) -> None:
    PeriodicRun.objects.create(name="x", period_start=timezone.now() - timedelta(minutes=9), started_at=timezone.now())
    response = client.get("/readyz")
    assert response.status_code == 503
    assert [name for name, found in response.json()["checks"].items() if not found["ok"]] == ["beat"]


def test_miss_the_queue_quickly(client: Client, ticking: None, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["broker"]["ok"] is False
    assert response.json()["checks"]["broker"]["milliseconds"] < 3000


def test_miss_a_migration(client: Client, ticking: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    monkeypatch.setattr("django.db.migrations.recorder.MigrationRecorder.applied_migrations", lambda _self: {})
    assert client.get("/readyz").json()["checks"]["migrations"]["ok"] is False


def test_miss_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections["default"], "cursor", lambda *_args: 1 / 0)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json()["checks"]["database"]["ok"] is False
