"""The merchant's door: everything that touches a merchant's rows runs inside `merchant_scope`."""

import contextlib
import contextvars
import uuid
from collections.abc import Iterator
from typing import Protocol

from django.db import connections, transaction

_current: contextvars.ContextVar[uuid.UUID | None] = contextvars.ContextVar("merchant", default=None)


class HasId(Protocol):
    """Anything with a merchant's id."""

    id: uuid.UUID


class NoMerchant(RuntimeError):  # noqa: N818 - reads as a sentence where it is raised
    """A merchant's rows were asked for while no merchant's door is open."""

    def __init__(self) -> None:
        super().__init__("No merchant's scope is open: use merchant_scope().")


def current_merchant_id() -> uuid.UUID:
    """Return the id of the merchant whose door is open; raise NoMerchant where none is."""
    merchant_id = _current.get()
    if merchant_id is None:
        raise NoMerchant
    return merchant_id


def merchant_in_scope() -> uuid.UUID | None:
    """Return the id of the merchant whose door is open, or None."""
    return _current.get()


@contextlib.contextmanager
def merchant_scope(merchant: HasId | uuid.UUID | str, using: str = "default") -> Iterator[uuid.UUID]:
    """Open a transaction in which this merchant's rows, and no others, can be seen and changed.

    Sets the scope that the managers read and the setting that row level security reads. Nested scopes restore the
    outer merchant when they end, because a setting made in a released savepoint would stay.
    """
    merchant_id = uuid.UUID(str(getattr(merchant, "id", merchant)))
    outer = _current.get()
    token = _current.set(merchant_id)
    try:
        with transaction.atomic(using=using):
            _tell_database(merchant_id, using)
            yield merchant_id
            if outer is not None and outer != merchant_id:
                _tell_database(outer, using)
    finally:
        _current.reset(token)


def _tell_database(merchant_id: uuid.UUID, using: str) -> None:
    # SET LOCAL and not set_config(): the statement is what a distributed database forwards. SET takes no bind
    # parameters; a UUID object's text needs no quoting.
    with connections[using].cursor() as cursor:
        cursor.execute(f"SET LOCAL app.merchant_id = '{merchant_id}'")
