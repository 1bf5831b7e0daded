"""What the lists of messages and of closed addresses are sorted by where a cell shows words for a code."""

from typing import Any

from django.db.models import Case, Q, TextField, Value, When
from django.db.models.functions import Concat, Lower, Replace, Substr

from messaging import maps, words
from messaging.models import BY_MESSAGE
from ui.sorting import Made, worded


def _reason() -> Case:
    """Return the reason as `messaging.words.reason` puts it."""
    column = "last_error"
    told = [When(**{column: ""}, then=Value(""))]
    for enhanced, label in words.MAILBOX.items():
        ends = Q(**{column: enhanced}) | Q(**{f"{column}__endswith": f" {enhanced}"})
        told.append(When(ends, then=Value(f"{label} ({enhanced})".lower())))
    told += [When(**{column: code}, then=Value(str(label).lower())) for code, label in words.CODES.items()]
    for begin, label in words.ANSWERS.items():
        answer = Concat(Value(f"{label} (".lower()), Substr(column, 6), Value(")"), output_field=TextField())
        told.append(When(**{f"{column}__startswith": begin}, then=answer))
    return Case(*told, default=Lower(column), output_field=TextField())


MESSAGES: dict[str, Any] = {
    "to": "to_address",
    "status": "status",
    "last_error": Made(_reason),
    "kind": "kind",
    "document": worded("origin", maps.origins, otherwise=Lower(Replace("origin", Value("_"), Value(" ")))),
    "attempts": "attempts",
    "queued": "queued_at",
    "changed": "status_at",
}
SUPPRESSIONS: dict[str, Any] = {
    "address": "email_norm",
    "reason": "reason",
    "since": "created_at",
    "message": BY_MESSAGE,
}
