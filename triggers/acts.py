"""What happened, which trigger answers it, and what was given: plain values between the rooms."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from triggers.states import ONCE_A_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """An act that stands in the journal: its event, its entry, whose it is, the document that it happened to.

    `occurred_at` (UTC) decides from when on a trigger answers it; `amount` is a purchase's.
    """

    event: str
    entry_id: uuid.UUID
    customer_id: uuid.UUID
    origin_id: uuid.UUID
    occurred_at: datetime
    amount: Decimal | None = None

    @property
    def once(self) -> uuid.UUID:
        """Return what is answered once: the act, or its document where the same act can come again."""
        return self.origin_id if self.event in ONCE_A_DOCUMENT else self.entry_id


class Armed(NamedTuple):
    """A trigger that is switched on: what it gives (`target`, `subject_id`), on what, from when on.

    `flag` is what the room of the target makes of it.
    """

    target: str
    id: uuid.UUID
    subject_id: uuid.UUID
    event: str
    minimum_amount: Decimal | None
    active_since: datetime
    flag: bool

    def answers(self, act: Happened) -> bool:
        """Say whether it answers this act."""
        if act.event != self.event or act.occurred_at < self.active_since:
            return False
        return self.minimum_amount is None or (act.amount is not None and act.amount >= self.minimum_amount)

    def key_for(self, act: Happened) -> str:
        """Return the name under which the target's room knows this answer, at most 120 characters."""
        return f"trigger:{self.subject_id}:{act.once}"


class Given(NamedTuple):
    """What was given: of which target, and its row."""

    target: str
    row: Any


@dataclass(frozen=True, slots=True)
class About:
    """An act in words (“Purchase 4711”), and the page of its document, "" where it has none."""

    words: str
    url: str = ""
