"""Liveness and readiness, for whoever starts, restarts and balances us.

Answered before anything else looks at the request: probes come by number instead of by name, over plain HTTP, and
without a session.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.loader import MigrationLoader
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.module_loading import import_string
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from jobs.models import PeriodicRun
from tenancy.requests import client_ip

LOOPBACK = frozenset({"127.0.0.1", "::1"})
# The clock strikes every few seconds; see config.beat.
BEAT_AGE = timedelta(minutes=1)
BROKER_SECONDS = 1.0

log = structlog.get_logger("health")
# Migrations do not change while a process runs: once all of them are there, they stay there.
_migrated: set[str] = set()


class ProbeMiddleware:
    """Answer /healthz, /readyz and /metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a probe here, send everything else on."""
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})
        if request.path_info == "/readyz":
            return readiness(request)
        if request.path_info == "/metrics":
            return import_string("config.metrics.metrics")(request)
        return self.get_response(request)


def readiness(request: HttpRequest) -> HttpResponse:
    """Answer 200 where everything that a request may need is there, else 503; which part fails only to the machine itself.

    `{"status": "ready"|"not_ready"}`, from the loopback address with `"checks": {name: {"ok", "milliseconds"}}`.
    """
    found = checks()
    ready = all(one["ok"] for one in found.values())
    body: dict[str, object] = {"status": "ready" if ready else "not_ready"}
    if client_ip(request) in LOOPBACK and "X-Forwarded-For" not in request.headers:
        body["checks"] = found
    return JsonResponse(body, status=200 if ready else 503, headers={"Cache-Control": "no-store"})


def checks() -> dict[str, dict[str, object]]:
    """Ask each part: `{name: {"ok", "milliseconds"}}`."""
    return {name: _measured(name, check) for name, check in CHECKS.items()}


def _measured(name: str, check: Callable[[], bool]) -> dict[str, object]:
    started = time.perf_counter()
    try:
        ok = check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is "not ready"
        log.warning("not ready", check=name, error=type(error).__name__)
        ok = False
    return {"ok": ok, "milliseconds": round((time.perf_counter() - started) * 1000, 1)}


def database() -> bool:
    """Ask the database for a row."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def migrations() -> bool:
    """Compare the migrations on disk with those in the database."""
    if not _migrated:
        loader = MigrationLoader(connections[DEFAULT_DB_ALIAS], ignore_no_migrations=True)
        if set(loader.disk_migrations) <= set(loader.applied_migrations):
            _migrated.add("all")
    return bool(_migrated)


def broker() -> bool:
    """Ask the queue's server for an answer."""
    retry = Retry(NoBackoff(), 0)
    with Redis.from_url(
        settings.REDIS_URL, socket_timeout=BROKER_SECONDS, socket_connect_timeout=BROKER_SECONDS, retry=retry
    ) as client:
        return bool(client.ping())


def beat() -> bool:
    """Compare the age of the last tick with what a running beat would leave."""
    last = PeriodicRun.objects.aggregate(last=Max("period_start"))["last"]
    return last is not None and timezone.now() - last < BEAT_AGE


CHECKS: dict[str, Callable[[], bool]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "beat": beat,
}
