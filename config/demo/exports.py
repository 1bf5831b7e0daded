"""Exports of the demo: by hand, by the clock, one that was stopped; the worker runs the first of them at once."""

from typing import Any

from config.demo.base import Stage
from exports.catalogue import dataset
from exports.defining import create
from exports.export_states import Cause, ExportState, Schedule
from exports.formats.kinds import Format
from exports.models import Export, ExportRun
from exports.models.export import MOST_FAILURES
from exports.running import ask, refuse

SIX = 6 * 60


def define_exports(stage: Stage) -> None:
    """Make four definitions and two runs."""
    owner, now = stage.staff["owner"], stage.now
    claims = _made(stage, "Claims of today", "claims", ["submitted", "customer", "product", "status"])
    _made(stage, "Redeemed rewards", "redeemed_rewards", format=Format.XLSX, schedule=Schedule.MONTHLY, at_minute=SIX)
    _made(
        stage,
        "Responses to the warehouse",
        "offer_responses",
        format=Format.JSONL,
        harmless=False,
        changed_only=True,
        schedule=Schedule.DAILY,
        at_minute=SIX,
    )
    broken = _made(stage, "Orders, open ones", "orders", query="status=lost", schedule=Schedule.WEEKLY, at_minute=SIX)
    ask(export_id=claims.id, cause=Cause.HAND, user=owner, now=now)
    Export.objects.filter(id=broken.id).update(failures=MOST_FAILURES - 1)
    run = ask(export_id=broken.id, cause=Cause.SCHEDULE, user=None, now=now)
    ExportRun.objects.filter(id=run.id).update(state=ExportState.RUNNING, started_at=now)
    refuse(run_id=run.id, words="Status: “lost” is not known.", code="NotUnderstood", now=now)


def _made(stage: Stage, name: str, data: str, columns: list[str] | None = None, **values: Any) -> Export:
    found = dataset(data)
    known: dict[str, Any] = {
        "name": name,
        "dataset": data,
        "columns": found.of_list(columns or found.page.table_class.shown(())),
        "query": "",
        "sort": found.page.default_sort,
        "format": Format.CSV,
    }
    return create(values=known | values, user=stage.staff["owner"], now=stage.now)
