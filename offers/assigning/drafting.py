"""Preparing an assignment: who would be given the offer, kept as the preview of it. Nobody is given anything yet."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jobs.bulk import choosing
from offers.assigning import lists, rules
from offers.assigning.kit import ASSIGNMENTS
from offers.errors import OfferNotOpen
from offers.models import Assignment, AssignmentSelection, Offer
from offers.models.bulk import ASSIGN
from tenancy.actors import Actor
from ui.bulk import BadSelection, Selection


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the offer shall be given: as Clipped, also to those who have it already, and why."""

    starts_clipped: bool = False
    again: bool = False
    reason: str = ""


def draft_for(*, offer: Offer, selection: Selection, wanted: Wanted, actor: Actor, now: datetime) -> Assignment:
    """Prepare giving an offer to ticked members, or to all who match the filters of the list of customers.

    1. The offer has to be published and not over.
    2. Writes the draft and the list of members, the longest known first.

    Raises OfferNotOpen, and BadSelection where nobody is chosen or the filters are not understood.
    """
    _check(offer, now)
    about = {"offer_id": offer.id, **asdict(wanted)}
    found: Assignment = choosing.draft(
        kit=ASSIGNMENTS, act=ASSIGN, selection=selection, actor=actor, now=now, about=about
    )
    return found


def draft_for_list(*, offer: Offer, file: UploadedFile, wanted: Wanted, actor: Actor, now: datetime) -> Assignment:
    """Prepare giving an offer to the members in an uploaded list, in its order; the file itself is not kept.

    1. The offer has to be published and not over.
    2. Reads the list: lines that name nobody whom we know are counted, and the first of them named.
    3. Writes the draft and the list of members.

    Raises OfferNotOpen, FileRefused for what is no such list, and BadSelection where no line names a member.
    """
    _check(offer, now)
    listed = lists.read(file)
    if not listed.ids:
        raise BadSelection(_("No line of this file names a member whom you know."))
    about: dict[str, Any] = {
        "offer": offer,
        "file_name": (file.name or "")[:200],
        "unknown": listed.unknown,
        "unknown_lines": listed.unknown_lines,
        **asdict(wanted),
    }
    with transaction.atomic():
        bulk: Assignment = Assignment.objects.create(
            act=ASSIGN, actor=str(actor), created_at=now, total=len(listed.ids), **about
        )
        AssignmentSelection.objects.create(bulk=bulk, ids=list(listed.ids), versions=[0] * len(listed.ids))
    return bulk


def _check(offer: Offer, now: datetime) -> None:
    if not rules.is_open(offer, now):
        raise OfferNotOpen
