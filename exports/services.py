"""What happens to an imported file: kept, read, applied, called off."""

import uuid
from datetime import datetime

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from exports import files, lines
from exports.errors import NotPossible, UploadRefused
from exports.importers import FileRefused, Preview, importer
from exports.models import ImportRun
from exports.states import RunState, UndoState
from jobs.services import enqueue
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.models import User
from tenancy.scope import current_merchant_id

# A file up to this size is read while the person waits; a bigger one by a job.
READ_AT_ONCE = 1024 * 1024


def upload(*, dataset: str, file: UploadedFile, user: User, now: datetime) -> ImportRun:
    """Keep an uploaded file and say what importing it would do; changes no record of the dataset.

    1. Writes the file to its private place, then the run. What a request that fails leaves behind is cleaned up.
    2. Where somebody has to say what its columns mean, waits for that (`exports.naming`); else reads it: a small one at
       once, a bigger one by the job "import.read".
    3. Audits who brought which file.

    Raises UploadRefused, with a sentence, for an empty or too big file; what is wrong inside stands in the run.
    """
    check_size(size=file.size or 0)
    run_id = new_id()
    size, digest = files.keep(file, merchant_id=current_merchant_id(), run_id=run_id)
    run: ImportRun = ImportRun.made_with(
        id=run_id,
        dataset=dataset,
        file_name=plain_name(name=file.name or ""),
        size=size,
        sha256=digest,
        uploaded_by=user,
        uploaded_at=now,
    )
    run.save(force_insert=True)
    audit(action="import.uploaded", actor=Actor.user(user), target=("import", run.id), after={"sha256": digest})
    try:
        is_plain = importer(dataset).head(files.path_of(run.merchant_id, run.id)) is not None
    except FileRefused as refusal:
        found = Preview(refused=refusal.refused, problems=refusal.problems)
        return note_preview(run_id=run.id, found=found)
    if is_plain:
        run.state = RunState.COLUMNS
        run.save(update_fields=["state"])
        return run
    return begin_reading(run_id=run.id, now=now)


def begin_reading(*, run_id: uuid.UUID, now: datetime) -> ImportRun:
    """Read a run's file: a small one at once, a bigger one by the job "import.read"."""
    run: ImportRun = ImportRun.objects.get(id=run_id)
    if run.size <= READ_AT_ONCE:
        return read(run_id=run.id, now=now)
    # It is read once more where its columns are named anew.
    key = f"{run.id}:{now.isoformat()}"
    run.job = enqueue(kind="import.read", payload={"run": str(run.id)}, dedupe_key=key, now=now)
    run.save(update_fields=["job"])
    return run


def check_size(*, size: int) -> None:
    """Raise UploadRefused for a file that is empty or bigger than we take."""
    if size == 0:
        raise UploadRefused(_("The file is empty."))
    if size > settings.UPLOAD_MAX_BYTES:
        most = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise UploadRefused(_("The file is bigger than %(most)s MB. Split it by date.") % {"most": most})


def plain_name(*, name: str) -> str:
    """Return a file's name fit to be shown: no folders, no control characters, at most 200 characters."""
    bare = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in bare if char.isprintable())[:200] or _("unnamed")


def read(*, run_id: uuid.UUID, now: datetime) -> ImportRun:
    """Write into a run what applying its file would do: ready, or refused with lines and reasons.

    A run that was read before is returned as it is.
    """
    run: ImportRun = ImportRun.objects.get(id=run_id)
    if run.state != RunState.READING:
        return run
    path = files.path_of(run.merchant_id, run.id)
    found: Preview = importer(run.dataset).preview(path, merchant_id=run.merchant_id, now=now, naming=run.naming)
    return note_preview(run_id=run_id, found=found)


def note_preview(*, run_id: uuid.UUID, found: Preview) -> ImportRun:
    """Write what was found in a run's file into the run; one that was read before is returned as it is."""
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.state != RunState.READING:
        return run
    run.format_name = found.format_name
    run.added, run.changed, run.skipped, run.refused = found.added, found.changed, found.skipped, found.refused
    run.problems = [{"line": problem.line, "reason": problem.reason} for problem in found.problems]
    run.sample = [{"action": row.action, "title": row.title, "facts": list(row.facts.items())} for row in found.sample]
    run.notes = list(found.notes)
    run.state = RunState.REFUSED if found.problems else RunState.READY
    run.save()
    return run


def start(*, run_id: uuid.UUID, actor: Actor, now: datetime, said: str = "") -> ImportRun:
    """Begin to apply a run that is ready: sets Applying, puts down the job "import.apply", audits who did it.

    `said` is the mark of the columns whose preview the person saw. One that is being applied or is done already is
    returned as it is. Raises NotPossible for any other, and where the columns were named anew since.
    """
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.state in (RunState.APPLYING, RunState.DONE):
        return run
    if run.state != RunState.READY:
        raise NotPossible(_("This file is “%(state)s” and cannot be applied.") % {"state": run.get_state_display()})
    if said and said != run.said:
        raise NotPossible(_("The columns were changed meanwhile. Look at what would happen now before you apply it."))
    run.state, run.has_rows = RunState.APPLYING, True
    payload = {"run": str(run.id), "actor": str(actor)}
    run.job = enqueue(kind="import.apply", payload=payload, dedupe_key=f"{run.id}:{now.isoformat()}", now=now)
    run.save(update_fields=["state", "has_rows", "job"])
    audit(action="import.started", actor=actor, target=("import", run.id))
    return run


def call_off(*, run_id: uuid.UUID, actor: Actor, now: datetime) -> ImportRun:
    """Discard a run that has not been applied: sets Cancelled, removes its file, audits who did it.

    One that is cancelled already is returned as it is. Raises NotPossible once it is being applied.
    """
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.state == RunState.CANCELLED:
        return run
    if run.state not in (RunState.COLUMNS, RunState.READING, RunState.READY, RunState.REFUSED):
        raise NotPossible(_("This import can no longer be discarded."))
    run.state, run.finished_at = RunState.CANCELLED, now
    run.save(update_fields=["state", "finished_at"])
    files.forget(merchant_id=run.merchant_id, run_id=run.id)
    audit(action="import.cancelled", actor=actor, target=("import", run.id))
    return run


def take_up(*, run_id: uuid.UUID) -> bool:
    """Begin an attempt to apply a run: one that had failed, and whose job is tried again, is being applied anew.

    Locks the run. False where nothing is left to be done: it is through, or its lines are taken back, or were.
    """
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.state == RunState.FAILED and run.undo_state == UndoState.NONE:
        run.state, run.finished_at = RunState.APPLYING, None
        run.save(update_fields=["state", "finished_at"])
    return run.state == RunState.APPLYING


def finish(*, run_id: uuid.UUID, now: datetime) -> None:
    """Note that a run was applied, and what it did: what became of its lines is counted, whichever attempt did it.

    The last attempt finds what earlier ones did in place, and skips it.
    """
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    found = lines.outcome_of(run_id=run.id)
    run.added, run.changed, run.skipped, run.refused = found.added, found.changed, found.skipped, found.refused
    run.state, run.finished_at = RunState.DONE, now
    run.save(update_fields=["state", "finished_at", "added", "changed", "skipped", "refused"])


def refuse(*, run_id: uuid.UUID, refusal: FileRefused, now: datetime) -> None:
    """Note that the file was refused while it was being applied: nothing of it was written by this attempt.

    Where an earlier attempt had written portions of it, the run has failed: they stay, and can be taken back.
    """
    found = lines.outcome_of(run_id=run_id)
    ImportRun.objects.filter(id=run_id).update(
        state=RunState.FAILED if found.added or found.changed else RunState.REFUSED,
        finished_at=now,
        problems=[{"line": problem.line, "reason": problem.reason} for problem in refusal.problems],
        refused=refusal.refused,
        added=found.added,
        changed=found.changed,
        skipped=found.skipped,
    )


def fail(*, payload: dict[str, str], code: str, now: datetime) -> None:
    """Note that the job of a run was given up; what portions were written stays, and importing again completes it.

    A run that was discarded meanwhile, or is through, stays as it is.
    """
    rows = ImportRun.objects.filter(id=uuid.UUID(payload["run"]), state__in=(RunState.READING, RunState.APPLYING))
    rows.update(state=RunState.FAILED, finished_at=now)
