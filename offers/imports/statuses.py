"""Statuses that were edited in a sheet: which rows were edited at all, what they ask for, and doing it by the services."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ledger.errors import LedgerRefused
from ledger.services import backdated
from offers.errors import Refused
from offers.imports.columns import ResponseRow
from offers.models import OfferChange, OfferResponse
from offers.services import closing, using
from offers.services.base import held_offer_of, locked
from offers.services.importing import MARGIN
from offers.states import Event, Status, may
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.imports.values import BadValue

# What brings a response there. Back again leads no file: Reopen and Reverse are acts of their own.
EVENTS = {
    Status.CLIPPED: Event.CLIPPED,
    Status.PROCESSING: Event.PROCESSING,
    Status.SHIPPING: Event.SHIPPED,
    Status.COMPLETED: Event.COMPLETED,
    Status.EXPIRED: Event.EXPIRED,
    Status.CANCELED: Event.CANCELED,
}
ACTS: dict[Status, Callable[..., OfferResponse]] = {
    Status.CLIPPED: using.clip,
    Status.PROCESSING: using.start_processing,
    Status.SHIPPING: using.ship,
    Status.COMPLETED: using.complete,
    Status.EXPIRED: closing.expire,
    Status.CANCELED: closing.cancel,
}
USES = (Status.PROCESSING, Status.COMPLETED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A portion's responses as they stand, and of each which acts were done by name and what status it had when."""

    rows: dict[uuid.UUID, OfferResponse]
    acts: dict[uuid.UUID, set[str]] = field(default_factory=dict)
    once: dict[tuple[uuid.UUID, int], str] = field(default_factory=dict)


def standing_of(rows: Sequence[ResponseRow]) -> Standing:
    """Return the responses that rows name, with their history; two queries."""
    ids = {row.id for row in rows if row.id}
    if not ids:
        return Standing({})
    found = Standing({one.id: one for one in OfferResponse.objects.filter(id__in=ids)})
    history = OfferChange.objects.filter(response_id__in=found.rows)
    for response_id, seq, status, op_key in history.values_list("response_id", "seq", "to_status", "op_key"):
        found.once[response_id, seq] = status
        if op_key:
            found.acts.setdefault(response_id, set()).add(op_key)
    return found


def judge(row: ResponseRow, standing: Standing, *, now: datetime) -> OfferResponse | None:
    """Return the response where a row's status is to be set, None where nothing is to be done; raise BadValue.

    Nothing is to be done for a row that nobody edited, though the response has gone on since the file was made, and
    where the status stands already. A row that was edited is refused where the response has gone on since: the file's
    version is not the one that stands.
    """
    response = standing.rows.get(row.id) if row.id else None
    if response is None or row.status is None:
        raise BadValue(_("There is no response with this id."))
    is_stale = row.version not in (None, response.version)
    if not is_stale:
        _check_untouched(row, response)
    if row.status == status_of(response, at=now) or op_key_of(row, response) in standing.acts.get(response.id, ()):
        return None
    if is_stale and _is_edited(row, response, standing):
        told = {"mine": row.version, "now": response.version, "status": status_of(response, at=now).label}
        raise BadValue(
            _("Somebody changed it since: the file has version %(mine)s, it is now %(now)s and “%(status)s”.") % told
        )
    if is_stale or row.status == response.status:
        return None
    _check_may(row.status, status_of(response, at=row.completed_at or now))
    _check_usable(row, response, now)
    return response


def put(row: ResponseRow, *, actor: Actor, now: datetime, reason: str) -> int | str:
    """Set a response's status by the service for it, and return its version then; 0 where it has gone on meanwhile.

    What the service refuses is answered in words.

    Holds offer and response, so that nobody comes between the look at the version and the act. In a savepoint.
    """
    if row.id is None or row.status is None:
        return 0
    try:
        with transaction.atomic():
            held_offer_of(response_id=row.id)
            response = locked(response_id=row.id)
            if row.version not in (None, response.version) or status_of(response, at=now) == row.status:
                return 0
            done = _act(row, response, actor=actor, now=now, reason=row.reason or reason)
    except Refused as refusal:
        return str(refusal.sentence)
    except LedgerRefused as refusal:
        return str(refusal)
    return done.version


def op_key_of(row: ResponseRow, response: OfferResponse) -> str:
    """Return the name of the act that a row asks for; the same file again finds it."""
    version = response.version if row.version is None else row.version
    return f"import:{version}:{row.status}"


def _act(row: ResponseRow, response: OfferResponse, *, actor: Actor, now: datetime, reason: str) -> OfferResponse:
    status = row.status or Status.PENDING
    at = min(row.completed_at or now, now)
    about: dict[str, Any] = {"response_id": response.id, "actor": actor, "now": at}
    about["op_key"] = op_key_of(row, response)
    if status != Status.CLIPPED:
        about["reason"] = reason
    if status == Status.COMPLETED:
        about["reference"] = row.reference
    if at == now:
        return ACTS[status](**about)
    with backdated(at=min(at, now - MARGIN)):
        return ACTS[status](**about)


def _is_edited(row: ResponseRow, response: OfferResponse, standing: Standing) -> bool:
    """Say whether the status differs from the one that the response had in the file's version."""
    then = standing.once.get((response.id, row.version or 0))
    if then is None:
        raise BadValue(_("The response never had the version %(number)s.") % {"number": row.version})
    return row.status != then


def _check_untouched(row: ResponseRow, response: OfferResponse) -> None:
    """Raise BadValue where a row changes what no file can change; to leave it alone quietly would be a surprise."""
    wrong = next(
        (
            name
            for name, given, stored in (
                ("offer", row.offer, response.offer_name),
                ("issued_at", row.issued_at, response.issued_at),
                ("expires_at", row.expires_at, response.expires_at),
            )
            if given and not _is_same(given, stored, response)
        ),
        "",
    )
    if wrong:
        raise BadValue(_("“%(column)s” of a response that stands cannot be changed by a file.") % {"column": wrong})


def _is_same(given: Any, stored: Any, response: OfferResponse) -> bool:
    if isinstance(given, datetime) and isinstance(stored, datetime):
        return abs((given - stored).total_seconds()) < 1
    # Files for people carry apostrophes inside a text as well: before what another separator would make a cell.
    is_alike = str(given).replace("'", "") == str(stored).replace("'", "")
    return is_alike or given == str(response.offer_id)


def _check_may(target: Status, status: Status) -> None:
    event = EVENTS.get(target)
    if event is None or not may(event, status):
        told = {"from": status.label, "to": target.label}
        raise BadValue(_("A response that is “%(from)s” cannot become “%(to)s” by a file.") % told)


def _check_usable(row: ResponseRow, response: OfferResponse, now: datetime) -> None:
    at = row.completed_at or now
    if row.completed_at is not None and row.completed_at < response.issued_at:
        raise BadValue(_("It was completed before it was issued."))
    if row.status not in USES:
        return
    try:
        using.check_usable(response=response, at=at)
    except Refused as refusal:
        raise BadValue(refusal.sentence) from refusal
