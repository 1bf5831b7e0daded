"""Saying that counts have changed: rows are appended in the transaction of the change, nothing is locked."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from claims_center.models import Journey, TallyChange
from claims_center.tallies.cells import Cell


def changed(*, before: Cell | None, after: Cell | None, now: datetime) -> None:
    """Count a claim as `after` and no longer as `before`; None: it was not there, or is no more. `now` is UTC."""
    changed_many(before=[before] if before else [], after=[after] if after else [], now=now)


def changed_many(*, before: Sequence[Cell], after: Sequence[Cell], now: datetime) -> None:
    """Count many claims as they are now and no longer as they were, by one statement; `now` is the time of the change.

    `before` are the cells of the locked claims as they stood, `after` as they are saved; the two need not pair up. A
    new claim is in `after` alone.
    """
    counts = Counter(after)
    counts.subtract(before)
    rows = [_claim_row(cell, number) for cell, number in counts.items() if number]
    waiting = sum(number for cell, number in counts.items() if cell.is_waiting)
    if waiting:
        rows.append(TallyChange.made_with(kind=TallyChange.WAITING, at=now, number=waiting))
    if rows:
        TallyChange.objects.bulk_create(rows)


def visited(*, journey: Journey) -> None:
    """Count a new visit of a funnel's page."""
    _visit_row(journey, started=False, number=1).save(force_insert=True)


def started(*, journey: Journey) -> None:
    """Count that a visit went on to the first step. Call it once a visit: where `started_at` was null until now."""
    rows = [_visit_row(journey, started=True, number=1), _visit_row(journey, started=False, number=-1)]
    TallyChange.objects.bulk_create(rows)


def _claim_row(cell: Cell, number: int) -> TallyChange:
    return TallyChange.made_with(
        kind=TallyChange.CLAIM,
        at=cell.submitted_at,
        done_at=cell.processed_at,
        funnel_ref=cell.funnel_id,
        product_ref=cell.product_id,
        marketplace=cell.marketplace,
        status=cell.status,
        flag=cell.did_redirect,
        number=number,
    )


def _visit_row(journey: Journey, *, started: bool, number: int) -> TallyChange:
    return TallyChange.made_with(
        kind=TallyChange.VISIT, at=journey.visited_at, funnel_ref=journey.funnel_id, flag=started, number=number
    )
