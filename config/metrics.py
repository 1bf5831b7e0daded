"""Figures for Prometheus: the state of the work behind the scenes, as the database has it.

Nothing is counted in this process, so every web process gives the same figures, and none is lost with one. Served at
/metrics to whoever brings `METRICS_TOKEN`; without such a token in the environment the address does not exist.
"""

import secrets
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from config.health import checks
from jobs.poller import work_by_kind
from jobs.selectors import beat_age

PREFIX = "claims_center_"


class House(Collector):
    """Jobs by kind, the clock's age, and what readiness says."""

    def collect(self) -> Iterator[Metric]:
        """Ask now."""
        yield from jobs()
        age = beat_age()
        if age is not None:
            yield GaugeMetricFamily(
                f"{PREFIX}beat_age_seconds", "Since the last tick of the clock.", age.total_seconds()
            )
        ready = GaugeMetricFamily(
            f"{PREFIX}ready", "1 where a part that requests need is there, else 0.", labels=["part"]
        )
        for name, found in checks().items():
            ready.add_metric([name], float(bool(found["ok"])))
        yield ready


def jobs() -> list[Metric]:
    """Return due, running and dead jobs of all merchants by kind, and how long the oldest due one has waited."""
    counts = GaugeMetricFamily(
        f"{PREFIX}jobs", "Jobs that are not finished, by kind and state.", labels=["kind", "state"]
    )
    oldest = GaugeMetricFamily(
        f"{PREFIX}job_oldest_due_seconds", "Wait of the oldest job that is due.", labels=["kind"]
    )
    for line in work_by_kind():
        for state in ("due", "running", "dead"):
            counts.add_metric([line.kind, state], getattr(line, state))
        oldest.add_metric([line.kind], line.oldest_due.total_seconds())
    return [counts, oldest]


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the figures in Prometheus' text format; 404 without the right bearer token."""
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not secrets.compare_digest(given.encode(), expected.encode()):
        return HttpResponse(status=404)
    registry = CollectorRegistry()
    registry.register(House())
    return HttpResponse(
        generate_latest(registry), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"}
    )
