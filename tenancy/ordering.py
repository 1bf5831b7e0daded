"""What the lists of the settings pages are sorted by where a cell shows words, several values, or nothing at all."""

from typing import Any

from django.db.models import Case, CharField, F, Func, IntegerField, Q, TextField, Value, When
from django.db.models.functions import Concat, Lower, Now, Replace

from tenancy.labels import ACTIONS, ACTORS, TARGETS
from tenancy.lists.names import called, doer
from tenancy.models.audit import ORIGIN, REASON
from tenancy.scopes import KeyScope
from ui.sorting import Made, empty_first, empty_last, worded

# A call as its cell shows it.
CALL = Concat("method", Value(" /"), "route", output_field=CharField())


def in_words(column: str, words: dict[str, Any]) -> Made:
    """Sort by the words for an action or a kind of thing; see `tenancy.labels`."""
    return worded(column, lambda: words, otherwise=_plain(column))


def _plain(column: str) -> Lower:
    return Lower(Replace(Replace(column, Value("."), Value(" ")), Value("_"), Value(" ")))


def _scopes() -> Any:
    """Return what a key may do as the cell puts it: the scopes in one word each."""
    found: Any = Func(F("scopes"), Value(", "), function="array_to_string", output_field=TextField())
    for scope in KeyScope:
        word = str(scope.label).partition(":")[0].lower()
        found = Replace(found, Value(str(scope)), Value(word), output_field=TextField())
    return found


def _state() -> Case:
    """In use, expired, revoked."""
    revoked, expired = Q(revoked_at__isnull=False), Q(expires_at__lte=Now())
    return Case(When(revoked, then=2), When(expired, then=1), default=0, output_field=IntegerField())


MEMBERS: dict[str, Any] = {
    "person": called("user"),
    "role": "role",
    "since": "created_at",
    "last_seen": empty_first("user__last_login"),
}
KEYS: dict[str, Any] = {
    "name": Lower("name"),
    "prefix": "prefix",
    "scopes": Made(_scopes),
    "state": _state(),
    "created": "created_at",
    "by": called("created_by"),
    "used": empty_first("last_used_at"),
    "expires": empty_last("expires_at"),
}
CALLS: dict[str, Any] = {
    "call": CALL,
    "status": "status",
    "code": "code",
    "milliseconds": "milliseconds",
    "at": "at",
    "operation": "operation",
    "request": "request_id",
}
EVENTS: dict[str, Any] = {
    "at": "at",
    "action": in_words("action", ACTIONS),
    "actor": doer(words=ACTORS),
    "target": in_words("target_type", TARGETS),
    "changes": "first_change",
    "reason": REASON,
    "ip": ORIGIN,
}
