"""Choosing claims for a bulk act, beginning it, calling it off, taking it back."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from claims_center.bulk import outcomes
from claims_center.bulk.running import end
from claims_center.errors import NotAllowed
from claims_center.filters import ClaimFilter
from claims_center.models import BulkAct, BulkState, Claim
from jobs.models import Job
from jobs.services import cancel, enqueue
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from ui.bulk import BadSelection, Selection

OVER = (BulkState.DONE, BulkState.STOPPED, BulkState.FAILED)
# One statement, however many claims there are: their ids and versions never leave the database.
CHOOSE = """
INSERT INTO claims_center_bulkselection (merchant_id, id, bulk_id, ids, versions)
SELECT %s, %s, %s, coalesce(array_agg(c.id ORDER BY c.submitted_at, c.id), '{{}}'),
    coalesce(array_agg(c.version ORDER BY c.submitted_at, c.id), '{{}}')
FROM ({chosen}) AS c
RETURNING cardinality(ids)
"""
DONE_ROWS = """
INSERT INTO claims_center_bulkselection (merchant_id, id, bulk_id, ids, versions)
SELECT %s, %s, %s, coalesce(array_agg(r.claim_id ORDER BY r.position), '{}'),
    coalesce(array_agg(r.seq ORDER BY r.position), '{}')
FROM claims_center_bulkrow AS r WHERE r.merchant_id = %s AND r.bulk_id = %s AND r.outcome = %s
RETURNING cardinality(ids)
"""


def draft(*, act: str, selection: Selection, actor: Actor, now: datetime) -> BulkAct:
    """Keep what somebody chose for an act: the preview of it, with each claim's version as it is now.

    1. Runs the filters on the server, for ticked rows as for "all that match".
    2. Writes the draft and the list of claims. Nothing is done to them, and nothing is put down to be done.

    Raises BadSelection where nothing is chosen any more, or the filters are not understood.
    """
    rows = selection.rows(ClaimFilter, Claim.objects.all()).order_by().values("id", "version", "submitted_at")
    with transaction.atomic():
        bulk: BulkAct = BulkAct.objects.create(
            act=act, actor=str(actor), everything=selection.everything, query=selection.query, created_at=now
        )
        try:
            chosen, values = rows.query.sql_with_params()
            keys = [current_merchant_id(), new_id(), bulk.id]
            _set_total(bulk, CHOOSE.format(chosen=chosen), [*keys, *values])
        except EmptyResultSet:
            # Django saw without asking that such filters find nothing.
            bulk.total = 0
        if not bulk.total:
            raise BadSelection(_("No claim is selected any more."))
    return bulk


def start(*, bulk_id: uuid.UUID, given: Mapping[str, Any], actor: Actor, now: datetime) -> BulkAct:
    """Begin what a draft says; begun twice it is one act.

    1. Locks the draft; one that was begun is returned as it is.
    2. Keeps what was given for it (`reason`, `user`, `return_code`, `notify`) and who began it.
    3. Puts down its job "claims.bulk" and writes one audit event; each claim gets its own history at its turn.

    Raises NotAllowed for an undo whose time has passed.
    """
    bulk = _held(bulk_id)
    if bulk.state != BulkState.DRAFT:
        return bulk
    if bulk.undoes_id is not None:
        check_undo(bulk=_held(bulk.undoes_id), now=now)
    job = enqueue(kind="claims.bulk", payload={"bulk": str(bulk.id), "act": bulk.act}, dedupe_key=str(bulk.id), now=now)
    bulk.given, bulk.actor, bulk.job_id = dict(given), str(actor), job.id
    bulk.state, bulk.started_at = BulkState.RUNNING, now
    bulk.save()
    facts = {"act": bulk.act, "claims": bulk.total} | ({"undoes": str(bulk.undoes_id)} if bulk.undoes_id else {})
    action = "claims.bulk_undo_started" if bulk.undoes_id else "claims.bulk_started"
    audit(action=action, actor=actor, target=("bulk_act", bulk.id), after=facts)
    return bulk


def stop(*, bulk_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Call a running act off after the batch that is being done; what is done stays. One that is over stays so.

    1. Holds the job, then the act, as its worker does: of several who stop it at once one finds it running.
    2. Cancels the job, which tells `given_up`, and writes one audit event.
    """
    job_id = BulkAct.objects.values_list("job_id", flat=True).get(id=bulk_id)
    if job_id is not None:
        Job.objects.select_for_update(no_key=True).filter(id=job_id).first()
    bulk = _held(bulk_id)
    if bulk.state != BulkState.RUNNING or bulk.job_id is None:
        return
    cancel(job_id=bulk.job_id, actor=actor, now=now)
    audit(action="claims.bulk_stopped", actor=actor, target=("bulk_act", bulk.id))


def given_up(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Close an act whose job was cancelled or has died, and have the claims it did not reach named by a job."""
    bulk = _held(uuid.UUID(payload["bulk"]))
    if bulk.state == BulkState.RUNNING:
        end(bulk, BulkState.STOPPED if code == "cancelled" else BulkState.FAILED, now=now)
        enqueue(kind="claims.bulk_rest", payload={"bulk": str(bulk.id)}, dedupe_key=str(bulk.id), now=now)


def draft_undo(*, bulk_id: uuid.UUID, actor: Actor, now: datetime) -> BulkAct:
    """Prepare the taking back of an act: the preview of it. Asked for twice it is one.

    Locks the act; writes a draft with the claims that were done, each with the version that the act left. Raises
    NotAllowed where the act is not over, its time has passed, or nothing was done.
    """
    bulk = _held(bulk_id)
    known: BulkAct | None = BulkAct.objects.filter(undoes_id=bulk.id).first()
    if known is not None:
        return known
    check_undo(bulk=bulk, now=now)
    undo: BulkAct = BulkAct.objects.create(act=bulk.act, undoes_id=bulk.id, actor=str(actor), created_at=now)
    keys = [current_merchant_id(), new_id(), undo.id]
    _set_total(undo, DONE_ROWS, [*keys, current_merchant_id(), bulk.id, outcomes.DONE])
    return undo


def check_undo(*, bulk: BulkAct, now: datetime) -> None:
    """Raise NotAllowed, with a sentence, where an act cannot be undone (any more)."""
    if bulk.undoes_id is not None:
        raise NotAllowed(_("What was undone is not undone again."))
    if bulk.state not in OVER:
        raise NotAllowed(_("This is still at work. Stop it, or wait for its end."))
    if bulk.undo_until is None or now >= bulk.undo_until:
        raise NotAllowed(_("The half hour in which this could be undone is over. Change the claims themselves."))
    if not bulk.done:
        raise NotAllowed(_("Nothing was done that could be undone."))


def _held(bulk_id: uuid.UUID) -> BulkAct:
    found: BulkAct = BulkAct.objects.select_for_update(no_key=True).get(id=bulk_id)
    return found


def _set_total(bulk: BulkAct, statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        bulk.total = cursor.fetchone()[0]
    bulk.save(update_fields=["total"])
