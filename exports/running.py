"""What happens to a run: asked for, begun, its file noted, delivered; or failed, called off, tried again.

All of it runs in the merchant's scope. Who holds the run's row decides; jobs may come twice.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from exports.errors import NotAllowed, NotPossible
from exports.export_states import AGAIN, OPEN, Cause, ExportState
from exports.mail import tell_stopped
from exports.models import Export, ExportRun
from exports.models.export import MOST_FAILURES
from exports.store import Kept
from exports.words import error_of
from jobs.errors import NotPossible as JobHasEnded
from jobs.services import cancel as cancel_job
from jobs.services import enqueue
from jobs.states import Priority
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.keeping import kept_for
from tenancy.models import Membership, User
from tenancy.places import this_server
from tenancy.selectors import merchant_zone

ATTEMPTS = 5
DEFINITION = (
    "dataset",
    "columns",
    "query",
    "sort",
    "format",
    "separator",
    "decimal_sign",
    "bom",
    "harmless",
    "changed_only",
)

# What makes another file of it: a run of changes begins from the start again.
CONTENT = ("dataset", "columns", "query", "changed_only")


@dataclass(frozen=True, slots=True)
class Written:
    """A run's whole file: rows, size and digest, the name it is given away under, how far its changes reach."""

    rows: int
    kept: Kept
    upto: int | None


def ask(*, export_id: uuid.UUID, cause: Cause, user: User | None, now: datetime) -> ExportRun:
    """Ask for a run of a definition; where one is under way already, return that one and do nothing.

    1. Locks the definition. 2. Writes the run with the definition as it is now. 3. Puts down its job.
    4. Audits who asked, unless the clock did. Raises NotPossible for a definition that is archived.
    """
    export = _locked_export(export_id)
    if export.archived_at is not None:
        raise NotPossible(_("This export is archived."))
    known: ExportRun | None = ExportRun.objects.filter(export=export, state__in=OPEN).first()
    if known is not None:
        return known
    run: ExportRun = ExportRun.made_with(export=export, cause=cause, asked_by=user, queued_at=now)
    _take_definition(run, export)
    run.save(force_insert=True)
    _put_down(run, export, now)
    if user is not None:
        audit(action="export.asked", actor=Actor.user(user), target=("export", export.id), after={"run": str(run.id)})
    return run


def again(*, run_id: uuid.UUID, actor: Actor, now: datetime) -> ExportRun:
    """Try a run that failed or was called off again, with its definition as it is by now, and audit it.

    One that is under way is returned as it is. Raises NotPossible for one that is done, for an archived definition,
    and where another run of the same definition is under way.
    """
    run = _locked_run(run_id)
    if run.state in OPEN:
        return run
    if run.state not in AGAIN or run.export.archived_at is not None:
        raise NotPossible(_("This run cannot be tried again."))
    run.state, run.finished_at, run.error, run.error_code = ExportState.QUEUED, None, "", ""
    run.sha256, run.file_name, run.started_at = "", "", None
    _take_definition(run, run.export)
    try:
        with transaction.atomic():
            run.save()
    except IntegrityError as error:
        raise NotPossible(_("Another run of this export is under way.")) from error
    _put_down(run, run.export, now)
    audit(action="export.tried_again", actor=actor, target=("export", run.export_id), after={"run": str(run.id)})
    return run


def call_off(*, run_id: uuid.UUID, actor: Actor, now: datetime) -> ExportRun:
    """Call off a run that is under way: its job is cancelled, and who works on it stops at the next look.

    Raises NotPossible for a run that has ended otherwise; one that was called off is returned as it is.
    """
    run: ExportRun = ExportRun.objects.select_related("export").get(id=run_id)
    if run.state == ExportState.CANCELLED:
        return run
    if run.state not in OPEN or run.job_id is None:
        raise NotPossible(_("This run has ended."))
    try:
        # Locks the job before the run, as its worker does, and tells us by `dead`, in this transaction.
        cancel_job(job_id=run.job_id, actor=actor, now=now)
    except JobHasEnded as error:
        raise NotPossible(_("This run has ended.")) from error
    run.refresh_from_db()
    return run


def begin(*, run_id: uuid.UUID, job_id: uuid.UUID, attempt: int, now: datetime) -> ExportRun | None:
    """Begin an attempt at a run and return it; None where this job has nothing to do with it any more.

    What changed since the last run goes by numbers of transactions. On a server that was restored from a dump those of
    before mean nothing: such a run begins anew. Raises NotAllowed where the definition's owner may not see the list,
    or not export, at this moment.
    """
    run = _locked_run(run_id)
    if run.state not in OPEN or run.job_id != job_id:
        return None
    _check_rights(run.export)
    here = this_server()
    if run.state == ExportState.QUEUED or (run.state == ExportState.RUNNING and run.server != here):
        run.state, run.server = ExportState.RUNNING, here
        run.since = run.export.watermark if run.export.server in (None, here) else 0
        run.started_at = run.started_at or now
    run.attempts = attempt
    run.save(update_fields=["state", "since", "server", "started_at", "attempts"])
    return run


def note_file(*, run_id: uuid.UUID, written: Written, now: datetime) -> ExportRun:
    """Note that a run's file is whole and stands at its place; it is kept as long as the merchant has chosen."""
    run = _locked_run(run_id)
    run.rows, run.size, run.sha256, run.upto = written.rows, written.kept.size, written.kept.sha256, written.upto
    run.file_name, run.kept_until, run.state = _file_name(run), now + kept_for("export_days"), ExportState.DELIVERING
    run.save(update_fields=["rows", "size", "sha256", "upto", "file_name", "kept_until", "state"])
    return run


def finish(*, run_id: uuid.UUID, delivered_to: str, now: datetime) -> ExportRun:
    """Note that a run is done, and where its file lies; the next run of changes begins where this one ended.

    Unless the definition was changed meanwhile: then the next one holds everything.
    """
    run = _locked_run(run_id)
    run.state, run.finished_at, run.delivered_to = ExportState.DONE, now, delivered_to[:500]
    run.save(update_fields=["state", "finished_at", "delivered_to"])
    export = _locked_export(run.export_id)
    export.failures = 0
    if run.upto is not None and all(run.wanted[name] == getattr(export, name) for name in CONTENT):
        export.watermark, export.server = run.upto, run.server
    export.save(update_fields=["failures", "watermark", "server"])
    return run


def refuse(*, run_id: uuid.UUID, words: str, code: str, now: datetime) -> ExportRun:
    """Note that a run has failed, in words. The fifth failure in a row stops the schedule and tells the owner.

    A run that has ended is returned as it is.
    """
    run = _locked_run(run_id)
    if run.state not in OPEN:
        return run
    run.state, run.finished_at, run.error, run.error_code = ExportState.FAILED, now, words[:500], code[:120]
    run.save(update_fields=["state", "finished_at", "error", "error_code"])
    export = _locked_export(run.export_id)
    export.failures += 1
    if export.failures >= MOST_FAILURES and export.next_at is not None:
        export.next_at, export.stopped_at = None, now
        tell_stopped(export=export, run=run, now=now)
    export.save(update_fields=["failures", "next_at", "stopped_at"])
    return run


def dead(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Note that the job of a run was given up or called off; what the run says already stands."""
    run_id = uuid.UUID(payload["run"])
    if code != "cancelled":
        refuse(run_id=run_id, words=error_of(code), code=code, now=now)
        return
    run = _locked_run(run_id)
    if run.state in OPEN:
        run.state, run.finished_at = ExportState.CANCELLED, now
        run.error, run.error_code = error_of(code), code
        run.save(update_fields=["state", "finished_at", "error", "error_code"])


def _locked_run(run_id: uuid.UUID) -> ExportRun:
    rows = ExportRun.objects.select_related("export").select_for_update(of=("self",), no_key=True)
    found: ExportRun = rows.get(id=run_id)
    return found


def _locked_export(export_id: uuid.UUID) -> Export:
    found: Export = Export.objects.select_for_update(of=("self",), no_key=True).get(id=export_id)
    return found


def _take_definition(run: ExportRun, export: Export) -> None:
    run.name, run.dataset, run.format = export.name, export.dataset, export.format
    run.wanted = {name: getattr(export, name) for name in DEFINITION}


def _put_down(run: ExportRun, export: Export, now: datetime) -> None:
    payload = {"run": str(run.id)}
    priority = Priority(export.priority)
    run.job = enqueue(kind="export.run", payload=payload, priority=priority, max_attempts=ATTEMPTS, now=now)
    run.save(update_fields=["job"])


def _check_rights(export: Export) -> None:
    from exports.rights import may_export  # noqa: PLC0415 - the catalogue knows every room's views

    member = Membership.objects.filter(merchant=export.merchant_id, user=export.owner_id, user__is_active=True).first()
    if member is None or not may_export(export.dataset, role=member.role):
        raise NotAllowed(
            _("%(owner)s, in whose name it runs, has no right to this export any more.") % {"owner": export.owner}
        )


def _file_name(run: ExportRun) -> str:
    """Return the name under which the file is given away: the same at every attempt, no other run's."""
    day = run.queued_at.astimezone(merchant_zone())
    name = slugify(run.name) or run.dataset.replace("_", "-")
    return f"{name[:80]}-{day:%Y-%m-%d-%H%M}-{run.id.hex[-6:]}.{run.format}"
