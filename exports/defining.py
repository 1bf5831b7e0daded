"""What happens to a definition: made, changed, archived, started by the clock, started again."""

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from exports.errors import Conflict, NotPossible
from exports.export_states import Cause, Schedule
from exports.models import Export
from exports.running import CONTENT, ask
from exports.schedule import next_time
from jobs.services import enqueue, withdraw
from tenancy.actors import Actor
from tenancy.audit import audit, what_changed
from tenancy.ids import new_id
from tenancy.models import User
from tenancy.selectors import merchant_zone

KIND = "export.due"


def create(*, values: dict[str, Any], user: User, now: datetime) -> Export:
    """Make a definition in the name of a person, who owns it: its runs have the rights that the owner has then.

    1. Writes it. 2. Puts down its first run by the clock, if it has a schedule. 3. Audits it.
    """
    export: Export = Export.made_with(id=new_id(), **values, owner=user, created_at=now, turn=1)
    export.next_at = next_time(export, after=now, zone=merchant_zone())
    export.save(force_insert=True)
    _put_down(export, now)
    audit(action="export.created", actor=Actor.user(user), target=("export", export.id), after=_facts(export))
    return export


def change(*, export_id: uuid.UUID, values: dict[str, Any], version: int, user: User, now: datetime) -> Export:
    """Change a definition; whoever saves it owns it from then on. A stopped schedule goes on.

    Raises Conflict where somebody else has saved it since `version`, and NotPossible for one that is archived.
    """
    export = _locked(export_id)
    if export.version != version:
        raise Conflict(_("Somebody else has changed this export meanwhile. Look at it again before you save."))
    _refuse_archived(export)
    before = _facts(export)
    if any(getattr(export, name) != values[name] for name in CONTENT if name in values):
        export.watermark = 0
    for name, value in values.items():
        setattr(export, name, value)
    export.owner, export.version = user, export.version + 1
    _schedule_anew(export, now)
    was, has = what_changed(before, _facts(export))
    audit(action="export.changed", actor=Actor.user(user), target=("export", export.id), before=was, after=has)
    return export


def archive(*, export_id: uuid.UUID, actor: Actor, now: datetime) -> Export:
    """Take a definition out of use: it does not run any more, its runs stay. One that is archived is returned."""
    export = _locked(export_id)
    if export.archived_at is None:
        export.archived_at, export.next_at = now, None
        export.turn += 1
        export.save(update_fields=["archived_at", "next_at", "turn"])
        _take_up(export, now)
        audit(action="export.archived", actor=actor, target=("export", export.id))
    return export


def resume(*, export_id: uuid.UUID, actor: Actor, now: datetime) -> Export:
    """Let a schedule that was stopped go on from now; one that goes on is returned as it is."""
    export = _locked(export_id)
    _refuse_archived(export)
    if export.stopped_at is not None:
        _schedule_anew(export, now)
        audit(action="export.resumed", actor=actor, target=("export", export.id))
    return export


def start_due(*, export_id: uuid.UUID, turn: int, now: datetime) -> None:
    """Do what the clock says: ask for a run, and put down the next one. A schedule set anew makes this do nothing.

    What was missed meanwhile is caught up with by this one run; where one is under way already, that one is it.
    """
    export = _locked(export_id)
    if export.turn != turn or export.next_at is None:
        return
    ask(export_id=export.id, cause=Cause.SCHEDULE, user=None, now=now)
    _plan_next(export, now)


def go_by_new_clock(*, now: datetime) -> int:
    """Plan the next runs anew where the merchant's clock was changed, in the caller's transaction; return how many moved.

    1. Locks the definitions that run by the clock, in the order of their ids. 2. Puts down the next run of each whose
    hour is another moment now; the job of the old one does nothing. A run that was set for one moment stays at it, and
    one that is due already is begun, and the next one planned then.
    """
    rows = Export.objects.filter(next_at__gt=now).exclude(schedule=Schedule.ONCE).order_by("id")
    zone, moved = merchant_zone(), 0
    for export in rows.select_for_update(of=("self",), no_key=True):
        at = next_time(export, after=now, zone=zone)
        if at == export.next_at:
            continue
        export.next_at, export.turn = at, export.turn + 1
        export.save(update_fields=["next_at", "turn"])
        _take_up(export, now)
        _put_down(export, now)
        moved += 1
    return moved


def missed(*, payload: dict[str, Any], code: str, now: datetime) -> None:
    """Put down the next run by the clock where this one came to nothing."""
    export = _locked(uuid.UUID(payload["export"]))
    if export.turn == payload["turn"] and export.next_at is not None:
        _plan_next(export, now)


def _plan_next(export: Export, now: datetime) -> None:
    """Put down the run behind the planned one, whose job has had its turn.

    Not before the planned moment, though our clock be behind the database's or its job was called off beforehand: the
    same moment has had its job, and a second one of its name is none.
    """
    after = now if export.next_at is None else max(now, export.next_at)
    export.next_at = next_time(export, after=after, zone=merchant_zone())
    export.save(update_fields=["next_at"])
    _put_down(export, now)


def _schedule_anew(export: Export, now: datetime) -> None:
    export.failures, export.stopped_at = 0, None
    export.turn += 1
    export.next_at = next_time(export, after=now, zone=merchant_zone())
    export.save()
    _take_up(export, now)
    _put_down(export, now)


def _take_up(export: Export, now: datetime) -> None:
    """Call off what an earlier schedule has put down: it would do nothing, and count among what is to come."""
    withdraw(kind=KIND, about={"export": str(export.id)}, now=now)


def _put_down(export: Export, now: datetime) -> None:
    """Put down the job of the next run; a key for each moment of each schedule, so that there is one."""
    if export.next_at is None:
        return
    key = f"{export.id}:{export.turn}:{export.next_at:%Y%m%d%H%M}"
    payload = {"export": str(export.id), "turn": export.turn}
    enqueue(kind=KIND, payload=payload, dedupe_key=key, next_at=export.next_at, now=now)


def _locked(export_id: uuid.UUID) -> Export:
    found: Export = Export.objects.select_for_update(of=("self",), no_key=True).get(id=export_id)
    return found


def _refuse_archived(export: Export) -> None:
    if export.archived_at is not None:
        raise NotPossible(_("This export is archived."))


def _facts(export: Export) -> dict[str, Any]:
    return {
        "name": export.name,
        "dataset": export.dataset,
        "columns": export.columns,
        "format": export.format,
        "destination": str(export.destination or ""),
        "schedule": export.schedule,
    }
