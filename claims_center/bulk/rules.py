"""What a bulk act does to a claim, and why it leaves one alone: the services' own checks, asked beforehand.

A rule gets a claim, with its funnel and promotion, and what was given for the act; it returns the letter of an outcome,
or "" where the claim is to be done. It asks the database nothing, so it can judge a stand-in for thousands alike.
"""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from claims_center.bulk import outcomes
from claims_center.errors import NotAllowed, Refused
from claims_center.models import Claim
from claims_center.services.base import check_transition
from claims_center.services.gifts import check_sendable
from claims_center.services.processing import check_processable
from claims_center.services.verdicts import check_verifiable
from claims_center.states import Event, Status

BY_STATUS = {
    Status.NEW: outcomes.NOT_VERIFIED,
    Status.NEEDS_INFO: outcomes.NOT_VERIFIED,
    Status.VERIFIED: outcomes.ALREADY,
    Status.PROCESSED: outcomes.IS_PROCESSED,
    Status.REJECTED: outcomes.IS_REJECTED,
}


@dataclass(frozen=True, slots=True)
class Given:
    """What the person gave for an act, and what is known beforehand: `closed`, addresses that take no mail."""

    reason: str = ""
    user_id: uuid.UUID | None = None
    return_code: bool = False
    notify: bool = False
    wait: bool = False
    closed: Collection[str] = field(default=())


Rule = Callable[[Claim, Given], str]


def verify(claim: Claim, given: Given) -> str:
    """Skip what is verified already, closed, or needs a reason that was not given."""
    if claim.status == Status.VERIFIED:
        return outcomes.ALREADY
    return _refused(claim, lambda: check_verifiable(claim=claim, reason=given.reason))


def send_gift(claim: Claim, given: Given) -> str:
    """Skip gifts that were sent, are shipped, or cannot be mailed, and claims that are not verified."""
    if claim.is_gift_issued and not claim.is_physical:
        return outcomes.ALREADY
    if claim.promotion.is_physical:
        return outcomes.IS_SHIPPED
    found = _refused(claim, lambda: check_sendable(claim=claim, promotion=claim.promotion, closed=given.closed))
    return found or ("" if claim.status == Status.VERIFIED else outcomes.NOT_VERIFIED)


def process(claim: Claim, given: Given) -> str:
    """Skip what is processed or rejected, not verified, or whose gift was not sent or cannot be shipped."""
    if claim.status == Status.PROCESSED:
        return outcomes.ALREADY
    if claim.status in (Status.NEW, Status.NEEDS_INFO):
        return outcomes.NOT_VERIFIED
    return _refused(claim, lambda: check_processable(claim=claim))


def unprocess(claim: Claim, given: Given) -> str:
    """Skip what is not processed."""
    return "" if claim.status == Status.PROCESSED else outcomes.NOT_PROCESSED


def reject(claim: Claim, given: Given) -> str:
    """Skip what is rejected already, or processed."""
    if claim.status == Status.REJECTED:
        return outcomes.ALREADY
    # Before the reason was typed its place is kept: the preview asks what would be done with one.
    return _refused(claim, lambda: check_transition(claim=claim, event=Event.REJECTED, reason=given.reason or "?"))


def assign(claim: Claim, given: Given) -> str:
    """Skip what this person has already."""
    return outcomes.ALREADY if claim.assignee_id == given.user_id else ""


def _refused(claim: Claim, check: Callable[[], None]) -> str:
    try:
        check()
    except NotAllowed:
        return BY_STATUS[Status(claim.status)]
    except Refused as refusal:
        return outcomes.outcome_of(refusal)
    return ""
