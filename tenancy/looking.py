"""Looking for words in the audit log. It is read through: what it says is spread over many columns."""

import re
from typing import Any

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from tenancy.labels import ACTIONS, ACTORS, TARGETS
from tenancy.models import AuditEvent, User
from tenancy.ordering import in_words
from ui.filters.words import id_in

# Something that an IP address may begin with.
_ADDRESS = re.compile(r"(?=.*[.:])[0-9a-fA-F.:]+")


def found_in_log(events: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Narrow events to those that show the text: in action, target, changes, reason, address or the doer's name.

    A whole id finds the events about what it names, the id of a request those that were written in it.
    """
    if key := id_in(text):
        return events.filter(Q(target_id=key) | Q(pk=key) | Q(request_id=text))
    low = text.lower()
    wanted = Q(what__contains=low) | Q(which__contains=low) | Q(reason__icontains=text) | Q(told__icontains=text)
    wanted |= _done_by(text)
    if _ADDRESS.fullmatch(text):
        wanted |= Q(ip__startswith=text)
    told = Concat(_as_text("before"), Value(" "), _as_text("after"), output_field=TextField())
    shown = {"what": in_words("action", ACTIONS), "which": in_words("target_type", TARGETS), "told": told}
    return events.alias(**shown).filter(wanted)


def _as_text(column: str) -> Coalesce:
    return Coalesce(Cast(F(column), TextField()), Value(""), output_field=TextField())


def _done_by(text: str) -> Q:
    """Return the condition that somebody of this name did it, or one of the kinds that have no name."""
    people: QuerySet[Any] = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    actors = people.annotate(one=Concat(Value("user:"), Cast("pk", CharField()))).values("one")
    wanted = Q(actor__in=actors)
    for kind, word in ACTORS.items():
        if text.lower() in str(word).lower() and kind != "user":
            wanted |= Q(actor=kind) | Q(actor__startswith=f"{kind}:")
    return wanted
