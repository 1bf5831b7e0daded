"""What some thousand claims bring with them, written by one statement a table."""

import uuid
from dataclasses import dataclass, field, fields
from typing import Any

from claims_center.models import Claim, ClaimChange, ClaimedNumber, ClaimToken, Journey, Order, OrderItem
from codes.models import Code
from config.load.rows import insert, insert_words
from ledger.acts import Act
from ledger.services import post_many
from messaging.models import Message
from tenancy.actors import Actor


@dataclass(slots=True)
class Batch:
    """Rows waiting to be written, in the order in which their foreign keys allow it."""

    orders: list[Order] = field(default_factory=list)
    items: list[OrderItem] = field(default_factory=list)
    numbers: list[ClaimedNumber] = field(default_factory=list)
    journeys: list[Journey] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    changes: list[ClaimChange] = field(default_factory=list)
    words: dict[uuid.UUID, set[str]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    acts: dict[Actor, list[Act]] = field(default_factory=dict)

    def post(self, actor: Actor, act: Act) -> None:
        """Put down an act for the ledger."""
        self.acts.setdefault(actor, []).append(act)

    def write(self) -> None:
        """Write the rows that claims lean on, then the ledger's entries and grants, then claims and what is theirs.

        Runs in the merchant's scope and inside `backdated`. Empties the batch.
        """
        beneath: list[list[Any]] = [self.orders, self.items, self.numbers, self.journeys, self.codes]
        above: list[list[Any]] = [self.claims, self.changes, self.messages]
        for rows in beneath:
            insert(rows)
        for actor, acts in self.acts.items():
            post_many(acts=acts, actor=actor)
        for rows in above:
            insert(rows)
        insert_words(ClaimToken, self.words)
        for one in fields(self):
            getattr(self, one.name).clear()
