"""Choosing documents for a bulk act, beginning it, calling it off, taking it back."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from jobs.bulk import outcomes
from jobs.bulk.errors import NotNow
from jobs.bulk.kit import Kit
from jobs.bulk.models import BulkState
from jobs.bulk.running import end
from jobs.models import Job
from jobs.services import cancel, enqueue
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from ui.bulk import BadSelection, Selection

OVER = (BulkState.DONE, BulkState.STOPPED, BulkState.FAILED)
# One statement, however many documents there are: their ids and versions never leave the database.
CHOOSE = """
INSERT INTO {selections} (merchant_id, id, bulk_id, ids, versions)
SELECT %s, %s, %s, coalesce(array_agg(c.id ORDER BY c.{order}, c.id), '{{}}'),
    coalesce(array_agg({version} ORDER BY c.{order}, c.id), '{{}}')
FROM ({chosen}) AS c
RETURNING cardinality(ids)
"""
DONE_ROWS = """
INSERT INTO {selections} (merchant_id, id, bulk_id, ids, versions)
SELECT %s, %s, %s, coalesce(array_agg(r.{link} ORDER BY r.position), '{{}}'),
    coalesce(array_agg(r.seq ORDER BY r.position), '{{}}')
FROM {rows} AS r WHERE r.merchant_id = %s AND r.bulk_id = %s AND r.outcome = %s
RETURNING cardinality(ids)
"""


def draft(
    *, kit: Kit, act: str, selection: Selection, actor: Actor, now: datetime, about: Mapping[str, Any] | None = None
) -> Any:
    """Keep what somebody chose for an act: the preview of it, with each document's version as it is now.

    ``about`` fills columns that the room's own table of acts has besides.

    1. Runs the filters on the server, for ticked rows as for "all that match".
    2. Writes the draft and the list of documents. Nothing is done to them, and nothing is put down to be done.

    Raises BadSelection where nothing is chosen any more, or the filters are not understood.
    """
    columns = ("id", *(("version",) if kit.has_versions else ()), kit.order)
    rows = selection.rows(kit.filterset, kit.documents()).order_by().values(*columns)
    with transaction.atomic():
        chosen_by = {"everything": selection.everything, "query": selection.query, **(about or {})}
        bulk = kit.act_model.objects.create(act=act, actor=str(actor), created_at=now, **chosen_by)
        try:
            chosen, values = rows.query.sql_with_params()
            version = "c.version" if kit.has_versions else "0"
            tables = {"selections": kit.table(kit.selection_model), "order": kit.order, "version": version}
            text = CHOOSE.format(chosen=chosen, **tables)
            _set_total(bulk, text, [current_merchant_id(), new_id(), bulk.id, *values])
        except EmptyResultSet:
            # Django saw without asking that such filters find nothing.
            bulk.total = 0
        if not bulk.total:
            raise BadSelection(_("Nothing is selected any more."))
    return bulk


def start(*, kit: Kit, bulk_id: uuid.UUID, given: Mapping[str, Any], actor: Actor, now: datetime) -> Any:
    """Begin what a draft says; begun twice it is one act.

    1. Locks the draft; one that was begun is returned as it is.
    2. Keeps what was given for it and who began it.
    3. Puts down its job and writes one audit event; each document gets its own history at its turn.

    Raises NotNow for an undo whose time has passed.
    """
    bulk = _held(kit, bulk_id)
    if bulk.state != BulkState.DRAFT:
        return bulk
    if bulk.undoes_id is not None:
        check_undo(kit=kit, bulk=_held(kit, bulk.undoes_id), now=now)
    job = enqueue(
        kind=kit.kinds()[0], payload={"bulk": str(bulk.id), "act": bulk.act}, dedupe_key=str(bulk.id), now=now
    )
    bulk.given, bulk.actor, bulk.job_id = dict(given), str(actor), job.id
    bulk.state, bulk.started_at = BulkState.RUNNING, now
    bulk.save()
    facts = {"act": bulk.act, "rows": bulk.total} | ({"undoes": str(bulk.undoes_id)} if bulk.undoes_id else {})
    action = f"{kit.name}.bulk_undo_started" if bulk.undoes_id else f"{kit.name}.bulk_started"
    audit(action=action, actor=actor, target=("bulk_act", bulk.id), after=facts)
    return bulk


def stop(*, kit: Kit, bulk_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Call a running act off after the batch that is being done; what is done stays. One that is over stays so.

    1. Holds the job, then the act, as its worker does: of several who stop it at once one finds it running.
    2. Cancels the job, which tells `given_up`, and writes one audit event.
    """
    job_id = kit.act_model.objects.values_list("job_id", flat=True).get(id=bulk_id)
    if job_id is not None:
        Job.objects.select_for_update(no_key=True).filter(id=job_id).first()
    bulk = _held(kit, bulk_id)
    if bulk.state != BulkState.RUNNING or bulk.job_id is None:
        return
    cancel(job_id=bulk.job_id, actor=actor, now=now)
    audit(action=f"{kit.name}.bulk_stopped", actor=actor, target=("bulk_act", bulk.id))


def given_up(*, kit: Kit, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Close an act whose job was cancelled or has died, and have the documents it did not reach named by a job."""
    bulk = _held(kit, uuid.UUID(payload["bulk"]))
    if bulk.state == BulkState.RUNNING:
        end(kit, bulk, BulkState.STOPPED if code == "cancelled" else BulkState.FAILED, now=now)
        enqueue(kind=kit.kinds()[1], payload={"bulk": str(bulk.id)}, dedupe_key=str(bulk.id), now=now)


def draft_undo(*, kit: Kit, bulk_id: uuid.UUID, actor: Actor, now: datetime) -> Any:
    """Prepare the taking back of an act: the preview of it. Asked for twice it is one.

    Locks the act; writes a draft with the documents that were done, each with the version that the act left. Raises
    NotNow where the act is not over, cannot be undone, its time has passed, or nothing was done.
    """
    bulk = _held(kit, bulk_id)
    known = kit.act_model.objects.filter(undoes_id=bulk.id).first()
    if known is not None:
        return known
    check_undo(kit=kit, bulk=bulk, now=now)
    carried = {name: getattr(bulk, name) for name in kit.carried}
    undo = kit.act_model.objects.create(act=bulk.act, undoes_id=bulk.id, actor=str(actor), created_at=now, **carried)
    link: Any = kit.row_model._meta.get_field(kit.link)
    text = DONE_ROWS.format(selections=kit.table(kit.selection_model), rows=kit.table(kit.row_model), link=link.column)
    _set_total(undo, text, [current_merchant_id(), new_id(), undo.id, current_merchant_id(), bulk.id, outcomes.DONE])
    return undo


def check_undo(*, kit: Kit, bulk: Any, now: datetime) -> None:
    """Raise NotNow, with a sentence, where an act cannot be undone (any more)."""
    if bulk.undoes_id is not None:
        raise NotNow(_("What was undone is not undone again."))
    if kit.acts[bulk.act].lasts:
        raise NotNow(kit.acts[bulk.act].lasts)
    if bulk.state not in OVER:
        raise NotNow(_("This is still at work. Stop it, or wait for its end."))
    if bulk.undo_until is None or now >= bulk.undo_until:
        raise NotNow(_("The half hour in which this could be undone is over. Change the rows themselves."))
    if not bulk.done:
        raise NotNow(_("Nothing was done that could be undone."))


def _held(kit: Kit, bulk_id: uuid.UUID) -> Any:
    return kit.act_model.objects.select_for_update(no_key=True).get(id=bulk_id)


def _set_total(bulk: Any, statement: str, values: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        bulk.total = cursor.fetchone()[0]
    bulk.save(update_fields=["total"])
