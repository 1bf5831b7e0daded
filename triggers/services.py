"""Answering acts: what triggers give because of something that happened, in the transaction in which it happened."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import structlog

from jobs.services import enqueue
from ledger.acts import Act
from ledger.services import post_many
from tenancy.actors import Actor
from triggers import matching
from triggers.acts import Armed, Given, Happened
from triggers.kit import targets
from triggers.patience import patience
from triggers.states import Occasion

# More answers than this are left to the job, so that an import or a bulk act does not hold its rows for long.
MOST = 50
REPAIR = "triggers.repair"
ORIGIN = "customer"

log = structlog.get_logger("triggers")


def answer(*, happened: Sequence[Happened], now: datetime) -> list[Given]:
    """Let triggers answer acts that stand in the journal; call it last, in the transaction of the acts.

    1. Asks once which triggers are on for these events; with none that is all that it costs.
    2. More than MOST answers are left to the job `triggers.repair`, which is put down in this transaction.
    3. Gives one after the other, each in a savepoint: a refusal (limit reached, sold out, not open) gives nothing.
    4. Where a row is held by others for long, or giving fails, the rest is left to the same job: whatever becomes of
       the answer, the act stands.

    Returns what was given. What is given is no occasion itself, so that nothing goes round in circles.
    """
    if not happened:
        return []
    armed = matching.armed(events={act.event for act in happened})
    wanted = [(trigger, act) for trigger in armed for act in happened if trigger.answers(act)]
    if not wanted:
        return []
    if len(wanted) > MOST:
        leave_to_job(now=now)
        return []
    with patience():
        return _give(wanted, now)


def leave_to_job(*, now: datetime) -> None:
    """Have the job look through the journal, as soon as this transaction is committed."""
    enqueue(kind=REPAIR, payload={}, now=now)


def give(*, trigger: Armed, act: Happened, now: datetime) -> Given | None:
    """Give what a trigger gives because of an act, once; None where that is refused. Anything else is raised."""
    target = targets()[trigger.target]
    try:
        return Given(trigger.target, target.give(trigger, act, now=now))
    except target.refused as refusal:
        log.info("refused", target=trigger.target, subject=str(trigger.subject_id), why=type(refusal).__name__)
        return None


def enrolled(*, customer_ids: Sequence[uuid.UUID], actor: Actor, now: datetime) -> list[Given]:
    """Note that these members have joined, and let triggers answer it.

    1. Writes an entry without movements for each, once for ever.
    2. Answers those that are new, as `answer` says.
    """
    return noted(event=Occasion.ENROLLED, keys={one: f"enrolled:{one}" for one in customer_ids}, actor=actor, now=now)


def noted(*, event: Occasion, keys: dict[uuid.UUID, str], actor: Actor, now: datetime) -> list[Given]:
    """Write an entry `event` for each member under its key, and let triggers answer those that are new."""
    acts = [
        Act(event=event.value, origin=ORIGIN, origin_id=customer_id, customer_id=customer_id, key=key)
        for customer_id, key in keys.items()
    ]
    standing = post_many(acts=acts, actor=actor)
    happened = [
        Happened(
            event=event.value,
            entry_id=one.entry_id,
            customer_id=act.customer_id,
            origin_id=act.origin_id,
            occurred_at=now,
        )
        for act, one in zip(acts, standing, strict=True)
        if not one.replayed
    ]
    return answer(happened=happened, now=now)


def _give(wanted: Sequence[tuple[Armed, Happened]], now: datetime) -> list[Given]:
    found = []
    for trigger, act in wanted:
        try:
            given = give(trigger=trigger, act=act, now=now)
        except Exception:
            log.warning("left_to_job", target=trigger.target, subject=str(trigger.subject_id), exc_info=True)
            leave_to_job(now=now)
            break
        if given is not None:
            found.append(given)
    return found
