"""Reads: one bulk act for its page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.bulk.choosing import check_undo
from jobs.bulk.errors import NotNow
from jobs.bulk.kit import Act, Kit
from jobs.bulk.models import BulkState
from jobs.bulk.outcomes import DONE


@dataclass(frozen=True, slots=True)
class Result:
    """How far an act has come, why documents were skipped, and whether it can be taken back."""

    bulk: Any
    act: Act
    skips: list[tuple[str, Any, int]]
    undo: Any
    undo_refused: str
    is_running: bool
    is_whole: bool


def result_of(kit: Kit, bulk: Any, *, now: datetime) -> Result:
    """Return what an act has come to; one query at most."""
    skips = sorted(((one, number) for one, number in bulk.outcomes.items() if one != DONE), key=lambda pair: -pair[1])
    return Result(
        bulk=bulk,
        act=kit.acts[bulk.act],
        skips=[(one, kit.words_of(bulk.act, one), number) for one, number in skips],
        undo=kit.act_model.objects.filter(undoes_id=bulk.id).exclude(state=BulkState.DRAFT).first(),
        undo_refused=_refusal(kit, bulk, now),
        is_running=bulk.state == BulkState.RUNNING,
        is_whole=bulk.state == BulkState.DONE,
    )


def _refusal(kit: Kit, bulk: Any, now: datetime) -> str:
    """Return why an act cannot be undone now, in a sentence, or ""."""
    try:
        check_undo(kit=kit, bulk=bulk, now=now)
    except NotNow as refusal:
        return refusal.sentence
    return ""
