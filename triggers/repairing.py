"""Looking through the journal for acts without their answer: what was left to the job, and what was missed.

Goes by the writing transaction's number, below which everything is over (see `ledger.feed`), so that no entry is
overtaken by one that was written earlier and committed later. What is answered already is found by its entry.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ledger import feed
from ledger.feed import Written
from triggers import matching
from triggers.acts import Armed, Happened
from triggers.kit import sources, targets
from triggers.models import TriggerState
from triggers.services import give
from triggers.states import Occasion

# Entries that are looked at by one transaction, and answers that it tries to give.
WINDOW, MOST = 2_000, 100


@dataclass(frozen=True, slots=True)
class Looked:
    """What one step did: entries looked at, answers given, and whether the journal goes on."""

    entries: int
    given: int
    goes_on: bool


def step(*, now: datetime) -> Looked:
    """Look at the next entries of the merchant's journal and give what is missing, in the caller's transaction.

    1. Locks the merchant's TriggerState, so that two jobs do not look at the same.
    2. Reads on from there, up to where transactions may still be open.
    3. Gives what triggers that are on would have given, unless it is there or refused; `now` is when it is given.
    4. Writes down how far it came, which commits together with what was given.

    What is refused by now is not tried again. Raises what no target calls a refusal: then nothing of the step stands.
    """
    state: TriggerState | None = TriggerState.objects.select_for_update(no_key=True).first()
    if state is None:
        return Looked(0, 0, goes_on=False)
    armed, sight = matching.armed(events=Occasion.values), feed.look(xid=state.upto)
    stretch = state.next_stretch(sight)
    if not armed:
        state.pass_by(stretch, horizon=sight.horizon)
        return Looked(0, 0, goes_on=False)
    lines = feed.read(stretch, events=None, limit=WINDOW)
    missing, last = _missing(lines, armed)
    given = sum(give(trigger=trigger, act=act, now=now) is not None for trigger, act in missing)
    if last < len(lines) or len(lines) == WINDOW:
        state.stand_behind(stretch, xid=lines[last - 1].xid, entry_id=lines[last - 1].id)
        return Looked(last, given, goes_on=True)
    state.stand_at_end(stretch)
    return Looked(last, given, goes_on=stretch.is_former)


def _missing(lines: Sequence[Written], armed: Sequence[Armed]) -> tuple[list[tuple[Armed, Happened]], int]:
    """Return the answers that are missing, MOST at once, and how many of the lines they come from."""
    acts = _acts(lines, armed)
    wanted = {act.entry_id: [one for one in armed if one.answers(act)] for act in acts.values()}
    answered = _answered([entry for entry, found in wanted.items() if found], armed)
    missing: list[tuple[Armed, Happened]] = []
    for number, line in enumerate(lines):
        if len(missing) >= MOST:
            return missing, number
        missing += [
            (one, acts[line.id])
            for one in wanted.get(line.id, ())
            if (one.target, one.subject_id, line.id) not in answered
        ]
    return missing, len(lines)


def _acts(lines: Sequence[Written], armed: Sequence[Armed]) -> dict[uuid.UUID, Happened]:
    events = {one.event for one in armed}
    found = [line for line in lines if line.event in events]
    worth: dict[uuid.UUID, Decimal] = {}
    for event in {one.event for one in armed if one.minimum_amount is not None}:
        worth |= sources()[event].amounts([line.origin_id for line in found if line.event == event])
    return {
        line.id: Happened(
            event=line.event,
            entry_id=line.id,
            customer_id=line.customer_id,
            origin_id=line.origin_id,
            occurred_at=line.occurred_at,
            amount=worth.get(line.origin_id),
        )
        for line in found
    }


def _answered(entries: Sequence[uuid.UUID], armed: Sequence[Armed]) -> set[tuple[str, uuid.UUID, uuid.UUID]]:
    if not entries:
        return set()
    found: set[tuple[str, uuid.UUID, uuid.UUID]] = set()
    for name, target in targets().items():
        subjects = {one.subject_id for one in armed if one.target == name}
        if subjects:
            found |= {(name, *pair) for pair in target.answered(subjects=subjects, entries=entries)}
    return found
