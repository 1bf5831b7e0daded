"""Keeping on each claim which signals are open, so that lists find them. Marks follow a moment later, by a job.

By a job and not at once: of two claims that come in at the same moment neither sees the other, but of their two jobs
the later one sees both. And no customer waits for other people's claims.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from claims_center.models import Claim
from claims_center.signals import write_traits
from claims_center.signals.marking import around, wrong_marks
from claims_center.states import Status
from jobs.services import enqueue

KIND = "claims.mark_signals"
# Claims that one job goes through, and siblings that are looked for at once.
PORTION = 500
MOST = 1_000


def mark(*, claim_ids: Collection[uuid.UUID], with_others: bool = False) -> int:
    """Put the marks of these claims right; ``with_others`` also those of claims that they give a signal to.

    1. Works out by a few statements which marks are wrong.
    2. Locks those claims by id, works them out once more, and writes them. A mark is no change that the history tells.

    Returns how many were changed.
    """
    looked_at = around(claim_ids) if with_others else claim_ids
    wrong = [one.claim_id for one in wrong_marks(looked_at)]
    rows = Claim.objects.filter(id__in=wrong).select_for_update(no_key=True).order_by("id")
    held = list(rows.values_list("id", flat=True)) if wrong else []
    wanted: dict[int, list[uuid.UUID]] = defaultdict(list)
    for one in wrong_marks(held) if held else []:
        wanted[one.wanted].append(one.claim_id)
    return sum(Claim.objects.filter(id__in=ids).update(signals=marks) for marks, ids in sorted(wanted.items()))


def mark_later(*, claim_ids: Iterable[uuid.UUID] = (), also: Iterable[uuid.UUID] = (), now: datetime) -> None:
    """Put down a job that marks these claims and those that they give a signal to; of ``also`` these alone."""
    payload: dict[str, Any] = {"claims": _texts(claim_ids), "also": _texts(also)}
    if payload["claims"] or payload["also"]:
        enqueue(kind=KIND, payload=payload, now=now)


def mark_all_later(*, now: datetime, after: str = "") -> None:
    """Put down a job that goes through all claims of the merchant, a portion a job: the rules are other ones now."""
    enqueue(kind=KIND, payload={"after": after}, now=now)


def mark_portion(*, after: str) -> str:
    """Mark the claims that follow `after` by their ids; return the last one's id, "" once all are through."""
    rows = Claim.objects.order_by("id")
    rows = rows.filter(id__gt=after) if after else rows
    ids = list(rows.values_list("id", flat=True)[:PORTION])
    mark(claim_ids=ids)
    return str(ids[-1]) if len(ids) == PORTION else ""


def compare_anew(*, claim: Claim, now: datetime) -> None:
    """Compare a corrected claim by what it holds now: writes its traits, and has it and all whom it met marked later."""
    before = around([claim.id])
    write_traits(claim=claim)
    mark_later(claim_ids=[claim.id], also=before, now=now)


def mark_processed_siblings(*, claims: Iterable[Claim], now: datetime) -> None:
    """Have processed claims with these claims' order numbers marked later; the others are when they are checked again."""
    numbers = {(claim.marketplace, claim.order_number_norm) for claim in claims if claim.order_number_norm}
    rows = Claim.objects.filter(order_number_norm__in={number for _place, number in numbers}, status=Status.PROCESSED)
    found = rows.values_list("id", "marketplace", "order_number_norm")[:MOST] if numbers else []
    mark_later(also=[claim_id for claim_id, *number in found if tuple(number) in numbers], now=now)


def _texts(ids: Iterable[uuid.UUID]) -> list[str]:
    return sorted({str(one) for one in ids})
