"""A claim's history in words: each change, what moved in the ledger with it, and the steps of the visit."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from claims_center.badges import EVENTS
from claims_center.models import Claim, ClaimChange, Journey, Step
from claims_center.states import Delivery, Event, Status, Verification
from ledger.models import Movement
from ledger.units import Bucket
from tenancy.actors import Actor
from ui.timeline import TimelineItem

JOURNEY_ICONS = {
    Step.VISITED: "eye",
    Step.STARTED: "mouse-pointer-click",
    Step.ORDER: "hash",
    Step.FEEDBACK: "star",
    Step.CONTACT: "contact",
    Step.SUBMITTED: "inbox",
    Step.SHARED: "share-2",
}


def changes_of(claim: Claim) -> list[ClaimChange]:
    """Return the claim's changes, the latest first."""
    return list(ClaimChange.objects.filter(claim_id=claim.id).order_by("-seq"))


def movements_of(claim: Claim) -> dict[uuid.UUID, list[Movement]]:
    """Return what the ledger moved for this claim, by entry."""
    found = Movement.objects.filter(entry__origin="claim", entry__origin_id=claim.id)
    by_entry: dict[uuid.UUID, list[Movement]] = defaultdict(list)
    for movement in found.select_related("source", "target").order_by("position"):
        by_entry[movement.entry_id].append(movement)
    return by_entry


def timeline(
    changes: Iterable[ClaimChange], movements: dict[uuid.UUID, list[Movement]], names: dict[str, str]
) -> list[TimelineItem]:
    """Return the changes as a timeline, each with its ledger's movements and the reason that was given."""
    return [
        TimelineItem(
            icon=EVENTS[Event(change.event)][1],
            tone=EVENTS[Event(change.event)][0],
            title=str(Event(change.event).label),
            detail=" · ".join(filter(None, _details(change, movements.get(change.entry_id or change.id, []), names))),
            at=change.at,
            actor=names.get(change.actor, ""),
        )
        for change in changes
    ]


def _details(change: ClaimChange, moved: list[Movement], names: dict[str, str]) -> list[str]:
    details = [_status_change(change), *_facts(change, names), *(_moved(one) for one in moved)]
    return [*details, f"“{change.reason}”" if change.reason else ""]


def _status_change(change: ClaimChange) -> str:
    if not change.from_status or change.from_status == change.to_status:
        return ""
    return f"{Status(change.from_status).label} → {Status(change.to_status).label}"


def _facts(change: ClaimChange, names: dict[str, str]) -> list[str]:
    detail: dict[str, Any] = change.detail
    facts = []
    if detail.get("code"):
        facts.append(_("code %(code)s") % {"code": detail["code"]})
    if "status" in detail and detail["status"] in Delivery.values:
        facts.append(str(Delivery(detail["status"]).label))
    if "user" in detail:
        facts.append(names.get(f"user:{detail['user']}", _("Nobody")))
    if change.event == Event.ORDER_CORRECTED:
        facts.append(f"{detail.get('from') or '—'} → {detail.get('to') or '—'}")
    if change.event == Event.RECHECKED:
        facts.append(" → ".join(str(Verification(detail[key]).label) for key in ("from", "to") if detail.get(key)))
    facts += [str(detail[key]) for key in ("item", "carrier", "tracking_number") if detail.get(key)]
    return facts


def _moved(movement: Movement) -> str:
    words = {"amount": movement.amount}
    if movement.source.bucket == Bucket.ISSUED:
        return _("ledger: %(amount)s issued") % words
    if movement.target.bucket == Bucket.ISSUED:
        return _("ledger: %(amount)s taken back") % words
    if movement.source.bucket == Bucket.REDEEMED:
        return _("ledger: %(amount)s given back") % words
    target = {"REDEEMED": _("ledger: %(amount)s used"), "EXPIRED": _("ledger: %(amount)s expired")}
    return target.get(str(movement.target.bucket), _("ledger: %(amount)s revoked")) % words


def actors_in(changes: Iterable[ClaimChange]) -> set[str]:
    """Return everybody whose name the history needs."""
    found: set[str] = set()
    for change in changes:
        found.add(change.actor)
        if change.detail.get("user"):
            found.add(f"user:{change.detail['user']}")
    return found


def named(claim: Claim, actors: set[str], users: dict[str, str]) -> dict[str, str]:
    """Return words for every actor: colleagues by name, the customer by theirs, the system as such."""
    words = {"customer": claim.customer_name or claim.customer_email, "system": _("System"), "api_key": _("API")}
    return {actor: users.get(actor) or words.get(Actor.parse(actor).kind, "") for actor in actors}


def journey_timeline(journey: Journey | None) -> list[TimelineItem]:
    """Return the steps of the visit that led to the claim."""
    if journey is None:
        return []
    return [
        TimelineItem(icon=JOURNEY_ICONS[step], tone="", title=str(step.label), at=at)  # type: ignore[arg-type]
        for step, at in journey.steps()
    ]
