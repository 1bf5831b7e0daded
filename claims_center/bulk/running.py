"""Going through the claims of a bulk act, some hundred a transaction."""

import time
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, OperationalError, connection
from django.utils import timezone

from claims_center.bulk import outcomes
from claims_center.bulk.acts import ACTS, given_of
from claims_center.bulk.changes import Change, write
from claims_center.bulk.desk import Desk, held
from claims_center.bulk.undoing import Undo
from claims_center.errors import Refused
from claims_center.filters import ClaimFilter
from claims_center.models import BulkAct, BulkKind, BulkRow, BulkSelection, BulkState, Claim
from claims_center.services.base import GIFT_MAIL, ORIGIN
from codes.errors import CodeNotTaken, HolderHasCode
from customers.normalise import email_norm
from jobs.bulk.rows import insert
from jobs.bulk.running import is_busy
from jobs.errors import RetryLater
from jobs.faults import fault
from jobs.run import JobRun
from ledger.errors import LedgerRefused
from messaging.errors import AddressInvalid
from messaging.many import hold_queued
from messaging.selectors import suppressed
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone
from ui.bulk import BadSelection, Selection

BATCH = 250
# Rows that were not reached are only named, not touched.
REST = 5_000
UNDO_FOR = timedelta(minutes=30)
REFUSED = (Refused, LedgerRefused, HolderHasCode, CodeNotTaken, AddressInvalid, IntegrityError, DataError)
# How often a claim that somebody else holds is asked for before the job makes way.
TRIES, BUSY_SECONDS = 3, 5.0
PORTION = """
SELECT one.id, one.version FROM claims_center_bulkselection AS s,
    unnest(s.ids[%(first)s:%(last)s], s.versions[%(first)s:%(last)s]) AS one (id, version)
WHERE s.merchant_id = %(merchant)s AND s.bulk_id = %(bulk)s
"""


class Seen(NamedTuple):
    """One claim of a selection: which, and its version at the preview."""

    id: uuid.UUID
    version: int


def go_on(run: JobRun) -> bool:
    """Do the next batch of a bulk job; False once nothing is left.

    Each batch is one transaction: claims, ledger, history, results and the job's progress, or nothing. Where the batch
    is refused as a whole its claims are done one by one, so that one of them stops no other.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return _batch(run, BATCH)
        except REFUSED:
            break
        except OperationalError as error:
            if not is_busy(error):
                raise
            time.sleep(0.1 * attempt)
    return _one_by_one(run)


def _one_by_one(run: JobRun) -> bool:
    return all(_one(run) for _number in range(BATCH))


def _one(run: JobRun) -> bool:
    for attempt in range(1, TRIES + 1):
        try:
            return _batch(run, 1)
        except REFUSED as refusal:
            return _batch(run, 1, because=refusal)
        except OperationalError as error:
            if not is_busy(error):
                raise
            time.sleep(0.1 * attempt)
    raise RetryLater(BUSY_SECONDS, "claim_busy")


def _batch(run: JobRun, size: int, *, because: Exception | None = None) -> bool:
    """Do up to `size` claims; with `because` the next one is noted as refused instead."""
    with run.scope():
        # The job's row first, then the act's: whoever calls the work off takes them in this order too.
        run.progress(run.done_rows)
        bulk = BulkAct.objects.select_for_update(no_key=True).get(id=run.payload["bulk"])
        seen = portion(bulk, size) if bulk.state == BulkState.RUNNING else []
        if not seen:
            _end(run, bulk)
            return False
        rows = _refused(bulk, seen, because) if because else work(bulk, seen, now=timezone.now())
        fault("bulk.worked")
        _note(bulk, rows, len(seen))
        run.progress(bulk.position, bulk.total)
        fault("bulk.before_commit")
    fault("bulk.committed")
    return True


def portion(bulk: BulkAct, size: int) -> list[Seen]:
    """Return the next claims of an act."""
    values: dict[str, Any] = {"merchant": current_merchant_id(), "bulk": bulk.id}
    values |= {"first": bulk.position + 1, "last": bulk.position + size}
    with connection.cursor() as cursor:
        cursor.execute(PORTION, values)
        return [Seen(*row) for row in cursor.fetchall()]


def work(bulk: BulkAct, seen: Sequence[Seen], *, now: datetime) -> list[BulkRow]:
    """Do an act to these claims, in the caller's transaction; return their results, unsaved.

    1. Undoing a sending, and rejecting: holds the mails that can still be stopped. Then locks the claims by id.
    2. Looks at each again: is it as it was seen, does it still match the filters, do the rules allow it?
    3. Makes the changes in memory and writes them; queues mails, has order numbers checked again.
    """
    act, ids = ACTS[bulk.act], [one.id for one in seen]
    undo = Undo(bulk.act, bulk.undoes_id, ids) if bulk.undoes_id else None
    takes_back = bulk.act == BulkKind.REJECT and undo is None
    mails = hold_queued(origin=ORIGIN, origin_ids=ids, kind=GIFT_MAIL) if takes_back else {}
    claims = held(ids)
    closed = set(suppressed([email_norm(claim.customer_email) for claim in claims.values()]))
    desk = Desk(Actor.parse(bulk.actor), now, replace(given_of(bulk), closed=closed), undo is not None, mails)
    inside = still_inside(bulk, ids)
    found = {one.id: looked_at(one, claims, inside) for one in seen}
    for one in seen:
        if not found[one.id]:
            found[one.id] = undo.judge(claims[one.id]) if undo else act.rule(claims[one.id], desk.given)
    doing = [claims[one.id] for one in seen if not found[one.id]]
    changes = (undo.make if undo else act.make)(doing, desk)
    write(changes=changes, actor=desk.actor, now=now)
    desk.finish(changes)
    return _results(bulk, seen, found | desk.skipped, {change.claim.id: change for change in changes})


def looked_at(one: Seen, claims: dict[uuid.UUID, Claim], inside: set[uuid.UUID]) -> str:
    """Return why a claim is out of the question whatever the act: gone, changed, or outside the filters by now."""
    claim = claims.get(one.id)
    if claim is None:
        return outcomes.GONE
    if is_changed(claim, one):
        return outcomes.CHANGED
    return "" if one.id in inside else outcomes.OUTSIDE


def is_changed(claim: Claim, one: Seen) -> bool:
    """Say whether somebody has changed a claim since it was seen."""
    return claim.version != one.version


def still_inside(bulk: BulkAct, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Return those that match the act's filters now; all where rows were ticked one by one."""
    if not bulk.everything or bulk.undoes_id:
        return set(ids)
    try:
        # Days in the filters are the merchant's, here as on the page where they were chosen.
        with timezone.override(merchant_zone()):
            rows = Selection((), everything=True, query=bulk.query).rows(ClaimFilter, Claim.objects.all())
    except BadSelection:
        # A filter that names what is no longer there finds nothing.
        return set()
    return set(rows.filter(id__in=list(ids)).values_list("id", flat=True))


def _results(
    bulk: BulkAct, seen: Sequence[Seen], found: dict[uuid.UUID, str], changes: dict[uuid.UUID, Change]
) -> list[BulkRow]:
    rows = []
    for number, one in enumerate(seen, bulk.position + 1):
        row = BulkRow.made_with(bulk_id=bulk.id, claim_id=one.id, position=number, seen=one.version)
        change = changes.get(one.id)
        row.outcome = change.outcome if change else found[one.id]
        if change and change.outcome == outcomes.DONE:
            row.seq, row.before = change.claim.version, change.to_restore()
        rows.append(row)
    # A claim that is gone can have no row; its number stays free.
    return [row for row in rows if row.outcome != outcomes.GONE]


def _refused(bulk: BulkAct, seen: Sequence[Seen], because: Exception) -> list[BulkRow]:
    words = str(because) if isinstance(because, Refused | LedgerRefused) else ""
    letter = outcomes.outcome_of(because) if isinstance(because, Refused) else outcomes.IMPOSSIBLE
    rows = _results(bulk, seen, dict.fromkeys([one.id for one in seen], letter), {})
    for row in rows:
        row.reason = words[:300]
    return rows


def _note(bulk: BulkAct, rows: Sequence[BulkRow], number: int) -> None:
    insert(rows)
    bulk.position += number
    counted = Counter(bulk.outcomes)
    counted.update(row.outcome for row in rows)
    if len(rows) < number:
        counted[outcomes.GONE] += number - len(rows)
    bulk.outcomes, bulk.done = dict(counted), counted[outcomes.DONE]
    bulk.save(update_fields=["position", "outcomes", "done"])


def _end(run: JobRun, bulk: BulkAct) -> None:
    if bulk.state == BulkState.RUNNING:
        end(bulk, BulkState.DONE, now=timezone.now())
        BulkSelection.objects.filter(bulk_id=bulk.id).delete()
    run.finish(done=bulk.done, skipped=bulk.skipped)


def end(bulk: BulkAct, state: BulkState, *, now: datetime) -> None:
    """Close an act; from now on, for half an hour, it can be undone."""
    bulk.state, bulk.finished_at = state, now
    bulk.undo_until = now + UNDO_FOR if bulk.undoes_id is None else None
    bulk.save(update_fields=["state", "finished_at", "undo_until"])


def name_the_rest(bulk_id: uuid.UUID) -> bool:
    """Give some of the claims that a stopped act did not reach their rows; False once all have one."""
    bulk = BulkAct.objects.select_for_update(no_key=True).get(id=bulk_id)
    seen = portion(bulk, REST)
    found = dict.fromkeys([one.id for one in seen], outcomes.NOT_REACHED)
    there = set(Claim.objects.filter(id__in=list(found)).values_list("id", flat=True))
    rows = _results(bulk, seen, found | dict.fromkeys(found.keys() - there, outcomes.GONE), {})
    if seen:
        _note(bulk, rows, len(seen))
    else:
        BulkSelection.objects.filter(bulk_id=bulk.id).delete()
    return bool(seen)
