"""Taking imported responses back, by the table of transitions: what nobody has touched since the file.

A new response that waits is canceled; a completed one is reversed, an expired or canceled one reopened. Where the table
knows no way back (clipped, on its way), the response stays.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.errors import LedgerRefused
from offers.errors import Refused
from offers.models import OfferResponse
from offers.services import closing
from offers.services.base import held_offer_of, locked
from offers.states import Event, Status, may
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.imports.contract import Became, Line

# The way back from where a file has brought a response.
BACK: dict[Status, tuple[Event, Callable[..., OfferResponse]]] = {
    Status.COMPLETED: (Event.REVERSED, closing.reverse),
    Status.EXPIRED: (Event.REOPENED, closing.reopen),
    Status.CANCELED: (Event.REOPENED, closing.reopen),
}


def refusals(lines: Sequence[Line], *, now: datetime) -> dict[uuid.UUID, str]:
    """Return the responses that stay, and why."""
    rows = {row.id: row for row in OfferResponse.objects.filter(id__in=[line.document for line in lines])}
    found = {line.document: _why_not(line, rows.get(line.document), now) for line in lines}
    return {document: why for document, why in found.items() if why}


def take_back(lines: Sequence[Line], *, actor: Actor, now: datetime, reason: str) -> dict[uuid.UUID, str]:
    """Take back what nobody has touched since; return the others, and why they stay.

    One after the other by the services, each in a savepoint, in the order of their offers as everywhere; each is looked
    at again behind its lock. ``reason`` stands in the history.
    """
    rows = OfferResponse.objects.filter(id__in=[line.document for line in lines])
    offers = dict(rows.values_list("id", "offer_id"))
    stay: dict[uuid.UUID, str] = {}
    for line in sorted(lines, key=lambda one: (str(offers.get(one.document, "")), one.document)):
        if why := _gone(line.document, offers) or _back(line, actor=actor, now=now, reason=reason):
            stay[line.document] = why
    return stay


def _gone(document: uuid.UUID, known: dict[uuid.UUID, Any]) -> str:
    return "" if document in known else _("It is no longer there.")


def _back(line: Line, *, actor: Actor, now: datetime, reason: str) -> str:
    """Take one back; return why not, "" where it was done."""
    try:
        with transaction.atomic():
            held_offer_of(response_id=line.document)
            response = locked(response_id=line.document)
            if why := _why_not(line, response, now):
                return why
            act = _act_of(line, response)
            act(response_id=response.id, actor=actor, now=now, reason=reason, op_key=f"undo:{response.version}")
    except Refused as refusal:
        return str(refusal.sentence)
    except LedgerRefused as refusal:
        return str(refusal)
    return ""


def _act_of(line: Line, response: OfferResponse) -> Callable[..., OfferResponse]:
    return closing.cancel if line.became == Became.ADDED else BACK[Status(response.status)][1]


def _why_not(line: Line, response: OfferResponse | None, now: datetime) -> str:
    if response is None:
        return _("It is no longer there.")
    if response.version != line.mark:
        return _("Somebody changed it since.")
    status = status_of(response, at=now)
    told = {"status": status.label}
    if line.became == Became.ADDED:
        return "" if may(Event.CANCELED, status) else _("It is “%(status)s” and can no longer be canceled.") % told
    event = BACK.get(Status(response.status), (None, None))[0]
    if event is None or not may(event, status):
        return _("There is no way back from “%(status)s”.") % told
    if event == Event.REOPENED and closing.needs_new_end(response=response, now=now):
        return _("Its validity has passed; reopen it on its own page with a new end.")
    return ""
