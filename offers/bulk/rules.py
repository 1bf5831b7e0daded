"""What a bulk act does to a response, and why it leaves one alone: the services' own checks, asked beforehand.

A rule gets a response and the instant; it returns the letter of an outcome, or "" where it is to be done. Besides the
merchant's zone it asks the database nothing, so it can judge a stand-in for thousands alike.
"""

from datetime import datetime

from jobs.bulk.outcomes import ALREADY, IMPOSSIBLE
from offers.bulk import outcomes
from offers.models import BulkKind, OfferResponse
from offers.rules import why_not
from offers.services.closing import needs_new_end
from offers.states import OPEN, TRANSITIONS, WAITING, Event, Status, may
from offers.usage import status_of

EVENTS: dict[str, Event] = {
    BulkKind.CLIP: Event.CLIPPED,
    BulkKind.PROCESS: Event.PROCESSING,
    BulkKind.SHIP: Event.SHIPPED,
    BulkKind.COMPLETE: Event.COMPLETED,
    BulkKind.EXPIRE: Event.EXPIRED,
    BulkKind.CANCEL: Event.CANCELED,
    BulkKind.REOPEN: Event.REOPENED,
    BulkKind.REVERSE: Event.REVERSED,
}
# These go through the gate of the transaction flow.
GATED = (BulkKind.COMPLETE, BulkKind.PROCESS)
# The statuses in which nothing is left to do for an act.
DONE_BEFORE: dict[str, tuple[Status, ...]] = {
    BulkKind.REOPEN: OPEN,
    BulkKind.REVERSE: tuple(status for status in Status if status != Status.COMPLETED),
} | {
    kind: (target,)
    for kind, event in EVENTS.items()
    if (target := TRANSITIONS[event].target) is not None and kind not in (BulkKind.REOPEN, BulkKind.REVERSE)
}


def judge(kind: str, response: OfferResponse, now: datetime, *, has_end: bool) -> str:
    """Return why an act leaves a response as it is; ``has_end``: a new end is known for those that need one."""
    status = status_of(response, at=now)
    if status in DONE_BEFORE[kind]:
        return ALREADY
    if not may(EVENTS[kind], status):
        return outcomes.BY_STATUS[status]
    if kind == BulkKind.REOPEN and not has_end and needs_new_end(response=response, now=now):
        return outcomes.NEEDS_END
    refusal = why_not(response, at=now) if kind in GATED else None
    return outcomes.outcome_of(refusal) if refusal is not None else ""


def undo(response: OfferResponse, now: datetime, *, is_kept: bool, goes_to: str) -> str:
    """Return why what an act did cannot be taken back, "" where it can.

    `is_kept`: what stood before is known; `goes_to`: the status that it had. What has ended meanwhile stays ended.
    """
    if not is_kept:
        return IMPOSSIBLE
    has_ended = response.expires_at is not None and response.expires_at <= now
    if not has_ended or goes_to in (Status.EXPIRED, Status.CANCELED):
        return ""
    # What is being shipped has a voucher without an end.
    stays_shipped = goes_to in OPEN and goes_to not in WAITING
    if stays_shipped or (goes_to == Status.COMPLETED and response.status not in (*WAITING, Status.EXPIRED)):
        return ""
    return outcomes.IS_EXPIRED
