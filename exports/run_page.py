"""What the page of a run shows."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from exports import links, store
from exports.catalogue import datasets
from exports.errors import NotUnderstood
from exports.export_states import AGAIN, OPEN, ExportState
from exports.export_tables import data_of, duration_of, size_of
from exports.models import ExportRun
from exports.preview import chips_of
from exports.rows import question
from exports.words import format_of, place_of, state_badge
from ui import cells, locale
from ui.timeline import Fact


def context(run: ExportRun, *, slug: str, path: str, now: datetime) -> dict[str, Any]:
    """Return everything that the page and its changing part draw."""
    moving = run.state in OPEN
    listed = reverse("exports:exports", args=[slug])
    return {
        "title": run.name,
        "run": run,
        "export": run.export,
        "state_badge": state_badge(run),
        "crumbs": [
            (_("Exports"), listed),
            (run.export.name, reverse("exports:export", args=[slug, run.export_id])),
            (_("Run"), ""),
        ],
        "facts": _facts(run),
        "chips": _chips(run),
        "poll_url": f"{path}?part=1" if moving else "",
        "done": run.job.done_rows if run.job and run.state == ExportState.RUNNING else 0,
        "total": run.job.total_rows if run.job and run.state == ExportState.RUNNING else None,
        "left": left_of(run, now=now) if run.state == ExportState.RUNNING else "",
        "retrying": run.job.last_error if moving and run.job else "",
        "may_cancel": moving,
        "may_retry": run.state in AGAIN and run.export.archived_at is None,
        **file_of(run, slug=slug),
        "gone": run.kept_until is not None and run.kept_until <= now,
    }


def file_of(run: ExportRun, *, slug: str) -> dict[str, str]:
    """Return the address of the run's file, "" where there is none (any more)."""
    is_there = bool(run.sha256) and store.is_whole(run.merchant_id, run.id, run.size)
    ready = is_there and run.state not in (ExportState.QUEUED, ExportState.RUNNING)
    return {"file_url": links.download_url(merchant_slug=slug, run_id=run.id) if ready else ""}


def latest_of(ids: list[uuid.UUID]) -> dict[uuid.UUID, ExportRun]:
    """Return the last run of each of these definitions; one query."""
    rows = ExportRun.objects.filter(export__in=ids).order_by("export", "-queued_at", "-id").distinct("export")
    return {run.export_id: run for run in rows.defer("wanted")}


def _chips(run: ExportRun) -> list[Any]:
    wanted = run.wanted
    try:
        asked = question(name=run.dataset, keys=wanted["columns"], query=wanted["query"], sort=wanted["sort"])
    except NotUnderstood:
        return []
    return chips_of(asked)


def _facts(run: ExportRun) -> list[Fact]:
    whole = bool(run.sha256)
    found = [
        Fact(_("Data"), data_of(run.dataset)),
        Fact(_("Format"), format_of(run.export)),
        Fact(_("Goes to"), place_of(run.export)),
        Fact(_("Asked for"), cells.when(run.queued_at)),
        Fact(_("Started"), f"{run.get_cause_display()}{f', {run.asked_by}' if run.asked_by else ''}"),
        Fact(_("With the rights of"), str(run.export.owner)),
        Fact(_("Took"), duration_of(run)),
        Fact(_("Attempts"), str(run.attempts) if run.attempts > 1 else ""),
        Fact(_("Rows"), cells.number(run.rows) if whole else ""),
        Fact(_("Size"), size_of(run) if whole else ""),
        Fact(_("File"), run.file_name if whole else ""),
        Fact(_("SHA-256"), run.sha256, copy=run.sha256),
        Fact(_("Delivered to"), run.delivered_to),
    ]
    return [fact for fact in found if fact.value]


def left_of(run: ExportRun, *, now: datetime) -> str:
    """Return in words how long a run will take that goes on as it has begun; "" while nobody can tell."""
    job = run.job
    if run.started_at is None or job is None or not job.done_rows or not job.total_rows:
        return ""
    share = (job.total_rows - job.done_rows) / job.done_rows
    seconds = max(1, round((now - run.started_at).total_seconds() * share))
    return _("about %(time)s left") % {"time": locale.duration(timedelta(seconds=seconds))}


def known_columns(name: str, keys: list[str]) -> list[str]:
    """Return the titles of a dataset's columns by their keys; those that are gone by their keys."""
    found = datasets().get(name)
    return [str(found.by_key[key].column.title) if found and key in found.by_key else key for key in keys]
