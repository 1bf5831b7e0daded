"""Who does something: a member of staff, a customer, a till's key, or the system itself."""

import uuid
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Actor:
    """The doer of an act, as it is written into ledger, history and audit: an id, never a name."""

    kind: str
    id: uuid.UUID | None = None

    @classmethod
    def user(cls, user: Any) -> Self:
        """Return the actor for a signed-in member of staff (a User or its id)."""
        return cls("user", uuid.UUID(str(getattr(user, "pk", user))))

    @classmethod
    def system(cls) -> Self:
        """Return the actor for what nobody asked for by hand: jobs, sweeps, rules."""
        return cls("system")

    @classmethod
    def customer(cls, customer_id: uuid.UUID) -> Self:
        """Return the actor for a customer on a public page or in the cockpit."""
        return cls("customer", customer_id)

    @classmethod
    def api_key(cls, key_id: uuid.UUID) -> Self:
        """Return the actor for a till or shop system."""
        return cls("api_key", key_id)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the actor that `str(actor)` was written for."""
        kind, _, found = text.partition(":")
        return cls(kind, uuid.UUID(found) if found else None)

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind
