"""Every way of the table of transitions, and every way that is not in it."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from claims_center.errors import NotAllowed, ReasonNeeded
from claims_center.models import Claim, ClaimChange
from claims_center.services import answers, processing, verdicts
from claims_center.states import TRANSITIONS, Event, Status
from ledger import checks
from ledger.models import Entry
from tenancy.actors import Actor
from tenancy.models import Merchant
from tests.claims_center.factories import NOW, STAFF, claim_in, fresh


def answered(*, claim_id: uuid.UUID, actor: Actor, now: datetime, reason: str) -> Claim:
    """The customer answers what was asked last."""
    asked = answers.open_question(claim=Claim.objects.get(id=claim_id))
    return answers.answer(claim_id=claim_id, question=asked, text=reason, actor=actor, now=now)


VERBS: dict[Event, Callable[..., Claim]] = {
    Event.VERIFIED: verdicts.verify,
    Event.UNVERIFIED: verdicts.unverify,
    Event.INFO_ASKED: verdicts.ask_info,
    Event.REJECTED: verdicts.reject,
    Event.REOPENED: verdicts.reopen,
    Event.PROCESSED: processing.mark_processed,
    Event.UNPROCESSED: processing.unprocess,
    Event.ANSWERED: answered,
}
EVERY = [(event, status) for event in TRANSITIONS for status in Status]
ALLOWED = [(event, status) for event, status in EVERY if status in TRANSITIONS[event].sources]
SAME = [(event, status) for event, status in EVERY if status == TRANSITIONS[event].target]
# With a reason, processing verifies first.
OVERRIDES = [(Event.PROCESSED, Status.NEW), (Event.PROCESSED, Status.NEEDS_INFO)]
REFUSED = [pair for pair in EVERY if pair not in [*ALLOWED, *SAME, *OVERRIDES]]


def act(event: Event, claim: Claim) -> Claim:
    given: dict[str, Any] = {"claim_id": claim.id, "actor": STAFF, "now": NOW, "reason": "Because."}
    return VERBS[event](**given)


def test_have_a_verb_for_every_transition() -> None:
    assert set(VERBS) == set(TRANSITIONS)


def test_reach_every_status() -> None:
    assert {Status.NEW, *(way.target for way in TRANSITIONS.values())} == set(Status)


@pytest.mark.parametrize(("event", "status"), ALLOWED)
def test_go_where_the_table_allows(scope: Merchant, event: Event, status: Status) -> None:
    claim = claim_in(status, kind="item")

    act(event, claim)

    after = fresh(claim)
    last = ClaimChange.objects.filter(claim=claim).order_by("-seq")[0]
    assert after.status == TRANSITIONS[event].target
    assert (last.event, last.from_status, last.to_status, last.seq) == (event, status, after.status, after.version)
    assert (last.actor, last.at, last.reason) == (str(STAFF), NOW, "Because.")
    assert Entry.objects.get(id=last.entry_id).event == event
    assert checks.run(scope.id).findings == []


@pytest.mark.parametrize(("event", "status"), REFUSED)
def test_refuse_what_the_table_lacks(scope: Merchant, event: Event, status: Status) -> None:
    claim = claim_in(status, kind="item")
    before = ClaimChange.objects.count()

    with pytest.raises(NotAllowed) as refusal:
        act(event, claim)

    assert fresh(claim).status == status
    assert ClaimChange.objects.count() == before
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(("event", "status"), OVERRIDES)
def test_verify_first_where_somebody_says_why(scope: Merchant, event: Event, status: Status) -> None:
    claim = claim_in(status, kind="item")

    with pytest.raises(ReasonNeeded):
        processing.mark_processed(claim_id=claim.id, actor=STAFF, now=NOW)
    act(event, claim)

    events = list(ClaimChange.objects.filter(claim=claim).order_by("-seq").values_list("event", "reason")[:2])
    assert events == [(Event.PROCESSED, "Because."), (Event.VERIFIED, "Because.")]


@pytest.mark.parametrize(("event", "status"), [pair for pair in SAME if pair[0] != Event.INFO_ASKED])
def test_change_nothing_where_the_claim_is_there_already(scope: Merchant, event: Event, status: Status) -> None:
    claim = claim_in(status, kind="item")
    before, entries = ClaimChange.objects.count(), Entry.objects.count()

    act(event, claim)

    assert (ClaimChange.objects.count(), Entry.objects.count()) == (before, entries)


@pytest.mark.parametrize("event", [event for event, way in TRANSITIONS.items() if way.needs_reason])
def test_ask_for_a_reason(scope: Merchant, event: Event) -> None:
    status = next(one for one in Status if one in TRANSITIONS[event].sources)
    claim = claim_in(status, kind="item")

    with pytest.raises(ReasonNeeded):
        VERBS[event](claim_id=claim.id, actor=STAFF, now=NOW, reason="  ")

    assert fresh(claim).status == status


def test_replace_the_question_that_was_asked(scope: Merchant) -> None:
    claim = claim_in(Status.NEEDS_INFO)

    same = verdicts.ask_info(claim_id=claim.id, reason="Which colour?", actor=STAFF, now=NOW)
    other = verdicts.ask_info(claim_id=claim.id, reason="A photo, please", actor=STAFF, now=NOW)

    assert (same.version, other.version) == (2, 3)
    assert fresh(claim).status_reason == "A photo, please"


def test_say_nothing_to_the_customer_once_verified(scope: Merchant) -> None:
    claim = claim_in(Status.NEEDS_INFO)

    verdicts.verify(claim_id=claim.id, actor=STAFF, now=NOW)

    assert fresh(claim).status_reason == ""
