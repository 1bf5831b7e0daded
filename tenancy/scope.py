"""The merchant's door: everything that touches a merchant's rows runs inside `merchant_scope`."""

import contextlib
import contextvars
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connections, transaction

# The savepoint of a call, which stands before all that it does.
WORK = "work"


@dataclass(frozen=True, slots=True)
class Door:
    """An open scope: whose it is, on which connection, and the one that it was opened in."""

    merchant_id: uuid.UUID
    using: str
    outer: "Door | None"

    def around(self, using: str) -> "Door | None":
        """Return the nearest outer door on this connection."""
        door = self.outer
        while door is not None and door.using != using:
            door = door.outer
        return door


_current: contextvars.ContextVar[Door | None] = contextvars.ContextVar("merchant_door", default=None)


class HasId(Protocol):
    """Anything with a merchant's id."""

    id: uuid.UUID


class NoMerchant(RuntimeError):  # noqa: N818 - reads as a sentence where it is raised
    """A merchant's rows were asked for while no merchant's door is open."""

    def __init__(self) -> None:
        super().__init__("No merchant's scope is open: use merchant_scope().")


def current_merchant_id() -> uuid.UUID:
    """Return the id of the merchant whose door is open; raise NoMerchant where none is."""
    door = _current.get()
    if door is None:
        raise NoMerchant
    return door.merchant_id


def merchant_in_scope() -> uuid.UUID | None:
    """Return the id of the merchant whose door is open, or None."""
    door = _current.get()
    return door.merchant_id if door else None


@contextlib.contextmanager
def merchant_scope(
    merchant: HasId | uuid.UUID | str, using: str = "default", *, savepoint: str = ""
) -> Iterator[uuid.UUID]:
    """Open a transaction in which this merchant's rows, and no others, can be seen and changed.

    Sets the scope that the managers read and the setting that row level security reads. When a nested scope ends, the
    outer merchant's setting is back; where there is none (a scope inside a plain transaction), the setting is empty.
    What runs on commit runs outside the scope, since the setting is gone by then, and opens its own.
    With the name of a `savepoint` everything inside can be taken back to it, without leaving the scope.
    """
    merchant_id = uuid.UUID(str(getattr(merchant, "id", merchant)))
    nested = connections[using].in_atomic_block
    with transaction.atomic(using=using):
        door = Door(merchant_id, using, _current.get())
        token = _current.set(door)
        try:
            _tell_database(str(merchant_id), using, savepoint)
            yield merchant_id
            # A savepoint that is rolled back puts the setting back by itself; one that is released keeps it.
            if nested and not transaction.get_rollback(using):
                outer = door.around(using)
                _tell_database(str(outer.merchant_id) if outer else "", using)
        finally:
            _current.reset(token)


def _tell_database(merchant_id: str, using: str, savepoint: str = "") -> None:
    # SET LOCAL and not set_config(): the statement is what a distributed database forwards. SET takes no bind
    # parameters; the text is a UUID's or nothing, which need no quoting. All of it is one trip.
    then = f"; SAVEPOINT {savepoint}" if savepoint else ""
    connection: Any = connections[using]
    connection.begin_with(f"SET LOCAL app.merchant_id = '{merchant_id}'{then}")
