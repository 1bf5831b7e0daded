"""Taking an import back, line by line, as far as nobody has touched what its lines made."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.errors import NotPossible
from exports.importers import can_undo, importer
from exports.models import ImportRow, ImportRun
from exports.states import RunState, Undone, UndoState
from jobs.bulk.rows import update
from jobs.faults import fault
from jobs.run import JobRun
from jobs.services import enqueue, hasten
from jobs.states import State
from ledger.errors import LedgerRefused
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports.contract import Became, Line

# Lines of one transaction, and of one look at them.
BATCH, LOOK = 250, 2_000
DID = (Became.ADDED.value, Became.CHANGED.value)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Undoable:
    """How many lines of an import can be taken back now, and how many cannot for which reason, most frequent first."""

    can: int
    reasons: list[tuple[str, int]]

    @property
    def cannot(self) -> int:
        """Return how many lines stay."""
        return sum(number for _why, number in self.reasons)


def refusal_of(run: ImportRun) -> str:
    """Return why an import cannot be taken back at all, "" where it can."""
    if run.state not in (RunState.DONE, RunState.FAILED) or not can_undo(run.dataset):
        return _("This import cannot be taken back.")
    if not run.has_rows:
        return _("What became of its lines was kept for its time, which is over.")
    if _moving(run) is not None:
        return _("This import is being taken back.")
    if run.undo_state == UndoState.DONE:
        return _("This import was taken back already.")
    return ""


def waits(run: ImportRun, *, now: datetime) -> bool:
    """Say whether an undo that is under way has stopped for a moment: its job waits for the next attempt."""
    job = run.job if run.undo_state == UndoState.RUNNING else None
    return job is not None and job.state == State.DUE and job.next_at > now and bool(job.last_error)


def preview(run: ImportRun, *, now: datetime) -> Undoable:
    """Count what could be taken back, as things stand now; changes nothing."""
    reasons, total = Counter[str](), 0
    for rows in _portions(run):
        total += len(rows)
        reasons.update(_undo(run).refusals([_line(row) for row in rows], now=now).values())
    return Undoable(total - reasons.total(), reasons.most_common())


def start(*, run_id: uuid.UUID, actor: Actor, now: datetime) -> ImportRun:
    """Begin to take an import back: notes it, puts down the job "import.undo", audits who did it.

    One that is being taken back has its turn at once, where its job waits for the next attempt; one that was taken back
    is returned as it is; one whose undo stopped goes on behind the last line done. Raises NotPossible, in words, for
    any other that cannot be.
    """
    if (waiting := _moving(ImportRun.objects.get(id=run_id))) is not None:
        # The job's row before the import's, as its worker takes them.
        hasten(job_id=waiting, actor=actor, now=now)
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.undo_state == UndoState.DONE or _moving(run) is not None:
        return run
    if why := refusal_of(run):
        raise NotPossible(why)
    run.undo_state = UndoState.RUNNING
    payload = {"run": str(run.id), "actor": str(actor)}
    run.job = enqueue(kind="import.undo", payload=payload, dedupe_key=f"{run.id}:{run.undo_line}:{now}", now=now)
    run.save(update_fields=["undo_state", "job"])
    audit(action="import.undone", actor=actor, target=("import", run.id))
    return run


def go_on(job: JobRun) -> bool:
    """Take the next lines back; False once none is left.

    Each portion is one transaction: documents, ledger, what became of the lines and how far the undo has come, or
    nothing. Where a portion is refused as a whole, its lines go one by one, so that one of them stops no other.
    """
    with job.scope():
        # The job's row first, then the import's: whoever calls the work off takes them in this order too.
        job.progress(job.done_rows)
        run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=job.payload["run"])
        _take_up(run, job)
        rows = list(_rows(run).filter(line__gt=run.undo_line)[:BATCH]) if run.undo_state == UndoState.RUNNING else []
        if not rows:
            _finish(run, job)
            return False
        _note(run, rows, _taken(run, rows, Actor.parse(job.payload["actor"])))
        fault("undo.worked")
        job.progress(run.undo_done, run.undo_total)
    fault("undo.committed")
    return True


def fail(*, payload: dict[str, str], code: str, now: datetime) -> None:
    """Note that the job of an undo was given up; what was taken back stays so, and it can be begun again."""
    rows = ImportRun.objects.filter(id=uuid.UUID(payload["run"]), undo_state=UndoState.RUNNING)
    rows.update(undo_state=UndoState.FAILED)


def _moving(run: ImportRun) -> uuid.UUID | None:
    """Return the job that is taking an import back, None where none is."""
    job_id: uuid.UUID | None = run.job_id if run.undo_state == UndoState.RUNNING else None
    return job_id


def _take_up(run: ImportRun, job: JobRun) -> None:
    """Let an undo go on that had stopped, where its own job was tried again; another job's is that job's business."""
    if run.undo_state == UndoState.FAILED and run.job_id == job.job_id and run.has_rows:
        run.undo_state = UndoState.RUNNING
        run.save(update_fields=["undo_state"])


def _rows(run: ImportRun) -> QuerySet[ImportRow]:
    rows: QuerySet[ImportRow] = ImportRow.objects.filter(run_id=run.id, became__in=DID, document__isnull=False)
    return rows.order_by("line")


def _portions(run: ImportRun) -> Iterator[Sequence[ImportRow]]:
    last = run.undo_line
    while rows := list(_rows(run).filter(line__gt=last)[:LOOK]):
        last = rows[-1].line
        yield rows


def _undo(run: ImportRun) -> ModuleType:
    found: ModuleType = importer(run.dataset).UNDO
    return found


def _line(row: ImportRow) -> Line:
    if row.document is None:
        raise LookupError("A line without a document made nothing.")
    return Line(row.document, row.became, row.mark)


def _taken(run: ImportRun, rows: Sequence[ImportRow], actor: Actor) -> dict[uuid.UUID, str]:
    """Take lines back, together or else one by one; return the documents that stay, and why."""
    facts = {
        "actor": actor,
        "now": timezone.now(),
        "reason": _("Import taken back: %(file)s") % {"file": run.file_name},
    }
    found: dict[uuid.UUID, str] = {}
    try:
        with transaction.atomic():
            found = _undo(run).take_back([_line(row) for row in rows], **facts)
    except (LedgerRefused, IntegrityError) as refusal:
        if len(rows) > 1:
            for row in rows:
                found |= _taken(run, [row], actor)
        else:
            words = str(refusal) if isinstance(refusal, LedgerRefused) else _("Something else refers to it by now.")
            found = {_line(rows[0]).document: words}
    return found


def _note(run: ImportRun, rows: Sequence[ImportRow], stay: dict[uuid.UUID, str]) -> None:
    for row in rows:
        why = stay.get(_line(row).document, "")
        row.undone, row.why = (Undone.STAYS, why[:LONGEST]) if why else (Undone.BACK, row.why)
    update(rows, ("undone", "why"))
    kept = sum(row.undone == Undone.STAYS for row in rows)
    run.undone, run.not_undone, run.undo_line = run.undone + len(rows) - kept, run.not_undone + kept, rows[-1].line
    run.save(update_fields=["undone", "not_undone", "undo_line"])


def _finish(run: ImportRun, job: JobRun) -> None:
    if run.undo_state == UndoState.RUNNING:
        run.undo_state, run.undone_at = UndoState.DONE, timezone.now()
        run.save(update_fields=["undo_state", "undone_at"])
    job.finish(undone=run.undone, not_undone=run.not_undone)
