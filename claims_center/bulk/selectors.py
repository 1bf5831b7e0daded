"""Reads: bulk acts for their list, and one for its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from claims_center.bulk.acts import ACTS, Act
from claims_center.bulk.outcomes import DONE
from claims_center.bulk.services import check_undo
from claims_center.errors import NotAllowed
from claims_center.models import BulkAct, BulkState


@dataclass(frozen=True, slots=True)
class Result:
    """How far an act has come, why claims were skipped, and whether it can be taken back."""

    bulk: BulkAct
    act: Act
    skips: list[tuple[str, Any, int]]
    undo: BulkAct | None
    undo_refused: str
    is_running: bool
    is_whole: bool


def acts_for_list() -> QuerySet[BulkAct]:
    """Return the acts that were begun."""
    found: QuerySet[BulkAct] = BulkAct.objects.exclude(state=BulkState.DRAFT)
    return found


def result_of(bulk: BulkAct, *, now: datetime) -> Result:
    """Return what an act has come to; one query at most."""
    act = ACTS[bulk.act]
    skips = sorted(((one, number) for one, number in bulk.outcomes.items() if one != DONE), key=lambda pair: -pair[1])
    undo = BulkAct.objects.filter(undoes_id=bulk.id).exclude(state=BulkState.DRAFT).first()
    return Result(
        bulk=bulk,
        act=act,
        skips=[(one, act.words(one), number) for one, number in skips],
        undo=undo,
        undo_refused=_refusal(bulk, now),
        is_running=bulk.state == BulkState.RUNNING,
        is_whole=bulk.state == BulkState.DONE,
    )


def _refusal(bulk: BulkAct, now: datetime) -> str:
    """Return why an act cannot be undone now, in a sentence, or ""."""
    try:
        check_undo(bulk=bulk, now=now)
    except NotAllowed as refusal:
        return refusal.sentence
    return ""
