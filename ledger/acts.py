"""What is handed to the ledger, and what it answers."""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NotRequired, Self, TypedDict

from ledger.units import Unit, Verb
from tenancy.actors import Actor
from tenancy.ids import new_id


class About(TypedDict):
    """What every verb is told about the act, by keyword.

    ``event``: dotted, owned by the caller's room (`claim.verified`). ``origin`` and ``origin_id``: the document it
    happened to. ``subject_id``: the definition it is about (promotion, reward, offer). ``key``: one act, one key.
    ``occurred_at``: inside `backdated` only. ``digest``: stands for the act's contents where the default would differ
    between two tries of the same act (because it has times in it that were read from a clock).
    """

    event: str
    origin: str
    origin_id: uuid.UUID
    customer_id: uuid.UUID
    actor: Actor
    key: str
    subject_id: NotRequired[uuid.UUID | None]
    note: NotRequired[str]
    occurred_at: NotRequired[datetime | None]
    digest: NotRequired[bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that an act does with an amount. Made by `grant`, `draw`, `expire` and `revoke`."""

    verb: Verb
    unit: Unit | None = None
    amount: int | None = None
    grant_id: uuid.UUID | None = None
    code: str | None = None
    valid_from: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def grant(
        cls,
        *,
        unit: Unit,
        amount: int,
        grant_id: uuid.UUID | None = None,
        code: str | None = None,
        valid_from: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> Self:
        """Give an amount, usable from `valid_from` (at once if left out) until just before `expires_at` (or for ever)."""
        return cls(
            verb=Verb.GRANT,
            unit=unit,
            amount=amount,
            grant_id=grant_id or new_id(),
            code=code or None,
            valid_from=valid_from,
            expires_at=expires_at,
        )

    @classmethod
    def draw(cls, *, unit: Unit, amount: int, grant_id: uuid.UUID | None = None) -> Self:
        """Use an amount, all or nothing: of one grant, or of all usable ones, the one that ends first, first."""
        return cls(verb=Verb.DRAW, unit=unit, amount=amount, grant_id=grant_id)

    @classmethod
    def expire(cls, *, grant_id: uuid.UUID) -> Self:
        """Let what is left of a grant expire, whatever its end was to be."""
        return cls(verb=Verb.EXPIRE, grant_id=grant_id)

    @classmethod
    def revoke(cls, *, grant_id: uuid.UUID | None = None, unit: Unit | None = None, amount: int | None = None) -> Self:
        """Take away up to an amount, as far as it is there: of one grant, or of a unit in the order of drawing."""
        return cls(verb=Verb.REVOKE, unit=unit, amount=amount, grant_id=grant_id)

    def contents(self) -> list[Any]:
        """Return what makes this step the same step when it is tried again; a new grant's id does not."""
        chosen = None if self.verb == Verb.GRANT else self.grant_id
        return [self.verb, self.unit, self.amount, chosen, self.code, self.valid_from, self.expires_at]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act of a batch for `post_many`. All but grants name their grant."""

    event: str
    origin: str
    origin_id: uuid.UUID
    customer_id: uuid.UUID
    key: str
    steps: tuple[Step, ...] = ()
    subject_id: uuid.UUID | None = None
    note: str = ""
    occurred_at: datetime | None = None
    digest: bytes | None = None
    entry_id: uuid.UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """One entry to take back, of a batch for `reverse_many`: `reverses` names it, the rest says what is written."""

    reverses: uuid.UUID
    event: str
    origin: str
    origin_id: uuid.UUID
    customer_id: uuid.UUID
    key: str
    subject_id: uuid.UUID | None = None
    note: str = ""
    entry_id: uuid.UUID = field(default_factory=new_id)


@dataclass(frozen=True, slots=True)
class Moved:
    """What one movement did to the customer: `amount` is positive for what came and negative for what went."""

    entry_id: uuid.UUID
    grant_id: uuid.UUID
    unit: Unit
    amount: int
    held_after: int


@dataclass(frozen=True, slots=True)
class Posted:
    """The entry that stands for an act. `replayed`: it stood already, and nothing happened now."""

    entry_id: uuid.UUID
    replayed: bool
    moved: tuple[Moved, ...] = ()
    shortfall: int = 0

    @property
    def grants(self) -> list[uuid.UUID]:
        """Return the grants that something moved from or to, each once, in order."""
        return list(dict.fromkeys(moved.grant_id for moved in self.moved))

    @property
    def held_after(self) -> dict[Unit, int]:
        """Return the customer's balance right after, of each unit that moved (locked and unswept lots included)."""
        return {moved.unit: moved.held_after for moved in self.moved}

    @property
    def lapsed(self) -> tuple[Moved, ...]:
        """Return what a reversal gave back to grants that had ended meanwhile, and which expired again at once."""
        return tuple(moved for moved in self.moved if moved.entry_id != self.entry_id)


@dataclass(frozen=True, slots=True)
class Swept:
    """What one call of the sweep did."""

    grants: int
    amount: int


def digest_of(*contents: Any) -> bytes:
    """Return the fingerprint of an act's contents: who, what, how much; not who did it, nor when it was said."""
    return hashlib.sha256(json.dumps(contents, default=str, separators=(",", ":")).encode()).digest()
