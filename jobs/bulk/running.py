"""Going through the documents of a bulk act, some hundred a transaction."""

import time
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DataError, IntegrityError, OperationalError, connection
from django.utils import timezone

from jobs.bulk import outcomes
from jobs.bulk.kit import Done, Kit, Seen
from jobs.bulk.models import BulkState
from jobs.bulk.rows import insert
from jobs.errors import RetryLater
from jobs.faults import fault
from jobs.run import JobRun
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone
from ui.bulk import BadSelection, Selection

BATCH = 250
# Rows that were not reached are only named, not touched.
REST = 5_000
UNDO_FOR = timedelta(minutes=30)
# How often a document that somebody else holds is asked for before the job makes way.
TRIES, BUSY_SECONDS = 3, 5.0
BUSY = {"55P03", "40P01", "40001"}
PORTION = """
SELECT one.id, one.version FROM {selections} AS s,
    unnest(s.ids[%(first)s:%(last)s], s.versions[%(first)s:%(last)s]) AS one (id, version)
WHERE s.merchant_id = %(merchant)s AND s.bulk_id = %(bulk)s
"""


def run_through(kit: Kit, run: JobRun) -> None:
    """Go through the documents of an act, batch by batch; killed, go on after the last batch that was committed."""
    while go_on(kit, run):
        run.pause_if_long()


def close(kit: Kit, run: JobRun) -> None:
    """Name the documents that a stopped act did not reach."""
    more = True
    while more:
        with run.scope():
            more = name_the_rest(kit, uuid.UUID(run.payload["bulk"]))
            run.progress(run.done_rows)
        run.pause_if_long()


def go_on(kit: Kit, run: JobRun) -> bool:
    """Do the next batch of a bulk job; False once nothing is left.

    Each batch is one transaction: documents, ledger, history, results and the job's progress, or nothing. Where the
    batch is refused as a whole its documents are done one by one, so that one of them stops no other.
    """
    refused = _refusals(kit)
    for attempt in range(1, TRIES + 1):
        try:
            return _batch(kit, run, BATCH)
        except refused:
            break
        except OperationalError as error:
            if not is_busy(error):
                raise
            time.sleep(0.1 * attempt)
    return all(_one(kit, run) for _number in range(BATCH))


def is_busy(error: OperationalError) -> bool:
    """Say whether somebody else held what we wanted for too long, or wanted what we held."""
    return getattr(error.__cause__, "sqlstate", "") in BUSY


def _refusals(kit: Kit) -> tuple[type[Exception], ...]:
    return (*kit.refused, IntegrityError, DataError)


def _one(kit: Kit, run: JobRun) -> bool:
    refused = _refusals(kit)
    for attempt in range(1, TRIES + 1):
        try:
            return _batch(kit, run, 1)
        except refused as refusal:
            return _batch(kit, run, 1, because=refusal)
        except OperationalError as error:
            if not is_busy(error):
                raise
            time.sleep(0.1 * attempt)
    raise RetryLater(BUSY_SECONDS, "row_busy")


def _batch(kit: Kit, run: JobRun, size: int, *, because: Exception | None = None) -> bool:
    """Do up to `size` documents; with `because` the next one is noted as refused instead."""
    with run.scope():
        # The job's row first, then the act's: whoever calls the work off takes them in this order too.
        run.progress(run.done_rows)
        bulk = kit.act_model.objects.select_for_update(no_key=True).get(id=run.payload["bulk"])
        seen = portion(kit, bulk, size) if bulk.state == BulkState.RUNNING else []
        if not seen:
            _finish(kit, run, bulk)
            return False
        rows = _refused(kit, bulk, seen, because) if because else work(kit, bulk, seen, now=timezone.now())
        fault("bulk.worked")
        _note(bulk, rows, len(seen))
        run.progress(bulk.position, bulk.total)
        fault("bulk.before_commit")
    fault("bulk.committed")
    return True


def portion(kit: Kit, bulk: Any, size: int) -> list[Seen]:
    """Return the next documents of an act."""
    values: dict[str, Any] = {"merchant": current_merchant_id(), "bulk": bulk.id}
    values |= {"first": bulk.position + 1, "last": bulk.position + size}
    with connection.cursor() as cursor:
        cursor.execute(PORTION.format(selections=kit.table(kit.selection_model)), values)
        return [Seen(*row) for row in cursor.fetchall()]


def work(kit: Kit, bulk: Any, seen: Sequence[Seen], *, now: datetime) -> list[Any]:
    """Do an act to these documents, in the caller's transaction; return their results, unsaved.

    1. Locks the documents by id.
    2. Looks at each again: is it as it was seen, does it still match the filters, do the rules allow it?
    3. Does what is left, by a handful of statements.
    """
    batch = kit.begin(bulk=bulk, ids=[one.id for one in seen], now=now)
    inside = still_inside(kit, bulk, list(batch.documents))
    found = {one.id: _looked_at(kit, one, batch.documents, inside) for one in seen}
    for one in seen:
        if not found[one.id]:
            found[one.id] = batch.judge(batch.documents[one.id])
    done = batch.do([batch.documents[one.id] for one in seen if not found[one.id]])
    return _results(kit, bulk, seen, found | batch.skipped, done)


def _looked_at(kit: Kit, one: Seen, documents: Mapping[uuid.UUID, Any], inside: Collection[uuid.UUID]) -> str:
    """Return why a document is out of the question whatever the act: gone, changed, or outside the filters by now."""
    document = documents.get(one.id)
    if document is None:
        return outcomes.GONE
    if kit.has_versions and document.version != one.version:
        return outcomes.CHANGED
    return "" if one.id in inside else outcomes.OUTSIDE


def still_inside(kit: Kit, bulk: Any, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those that match the act's filters now; all where rows were ticked one by one."""
    if not bulk.everything or bulk.undoes_id:
        return set(ids)
    try:
        # Days in the filters are the merchant's, here as on the page where they were chosen.
        with timezone.override(merchant_zone()):
            rows = Selection((), everything=True, query=bulk.query).rows(kit.filterset, kit.documents())
    except BadSelection:
        # A filter that names what is no longer there finds nothing.
        return set()
    return set(rows.filter(id__in=list(ids)).values_list("id", flat=True))


def _results(
    kit: Kit, bulk: Any, seen: Sequence[Seen], found: Mapping[uuid.UUID, str], done: Mapping[uuid.UUID, Done]
) -> list[Any]:
    rows = []
    for number, one in enumerate(seen, bulk.position + 1):
        row: Any = kit.row_model.made_with(bulk_id=bulk.id, position=number, seen=one.version)
        setattr(row, f"{kit.link}_id", one.id)
        row.outcome = outcomes.DONE if one.id in done else found[one.id]
        if one.id in done:
            row.seq, row.before = done[one.id]
        rows.append(row)
    # A document that is gone can have no row; its number stays free.
    return [row for row in rows if row.outcome != outcomes.GONE]


def _refused(kit: Kit, bulk: Any, seen: Sequence[Seen], because: Exception) -> list[Any]:
    is_ours = isinstance(because, kit.refused)
    letter = kit.letter_of(because) if is_ours else outcomes.IMPOSSIBLE
    rows = _results(kit, bulk, seen, dict.fromkeys([one.id for one in seen], letter), {})
    for row in rows:
        row.reason = str(because)[:300] if is_ours else ""
    return rows


def _note(bulk: Any, rows: Sequence[Any], number: int) -> None:
    insert(rows)
    bulk.position += number
    counted = Counter(bulk.outcomes)
    counted.update(row.outcome for row in rows)
    if len(rows) < number:
        counted[outcomes.GONE] += number - len(rows)
    bulk.outcomes, bulk.done = dict(counted), counted[outcomes.DONE]
    bulk.save(update_fields=["position", "outcomes", "done"])


def _finish(kit: Kit, run: JobRun, bulk: Any) -> None:
    if bulk.state == BulkState.RUNNING:
        end(kit, bulk, BulkState.DONE, now=timezone.now())
        kit.selection_model.objects.filter(bulk_id=bulk.id).delete()
    run.finish(done=bulk.done, skipped=bulk.skipped)


def end(kit: Kit, bulk: Any, state: BulkState, *, now: datetime) -> None:
    """Close an act; from now on, for half an hour, it can be undone, unless it is of a kind that lasts."""
    bulk.state, bulk.finished_at = state, now
    can_undo = bulk.undoes_id is None and not kit.acts[bulk.act].lasts
    bulk.undo_until = now + UNDO_FOR if can_undo else None
    bulk.save(update_fields=["state", "finished_at", "undo_until"])


def name_the_rest(kit: Kit, bulk_id: uuid.UUID) -> bool:
    """Give some of the documents that a stopped act did not reach their rows; False once all have one."""
    bulk = kit.act_model.objects.select_for_update(no_key=True).get(id=bulk_id)
    seen = portion(kit, bulk, REST)
    found = dict.fromkeys([one.id for one in seen], outcomes.NOT_REACHED)
    there = set(kit.document.objects.filter(id__in=list(found)).values_list("id", flat=True))
    rows = _results(kit, bulk, seen, found | dict.fromkeys(found.keys() - there, outcomes.GONE), {})
    if seen:
        _note(bulk, rows, len(seen))
    else:
        kit.selection_model.objects.filter(bulk_id=bulk.id).delete()
    return bool(seen)
