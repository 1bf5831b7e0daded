"""The bulk acts of responses, as `jobs.bulk` wants to be told of them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from jobs.bulk.kit import Act, Kit
from ledger.errors import LedgerRefused
from offers.bulk import outcomes, rules
from offers.bulk.batch import ResponseBatch
from offers.errors import Refused
from offers.filters import ResponseFilter
from offers.forms import NoteForm, ReasonForm, ReopenManyForm, ShipManyForm
from offers.models import BulkAct, BulkKind, BulkRow, BulkSelection, OfferResponse
from ui import locale

FACTS = {
    "status": "d.status",
    "before": "d.status_before",
    "needs_clip": "d.needs_clip",
    "has_ended": "d.expires_at IS NOT NULL AND d.expires_at <= %(now)s",
    "is_reserved": "d.reserved_until IS NOT NULL AND d.reserved_until > %(now)s",
    "has_begun": "d.usage_from IS NULL OR d.usage_from <= %(now)s",
    "has_passed": "d.usage_to IS NOT NULL AND d.usage_to <= %(now)s",
    "weekdays": "d.usage_weekdays",
    "minute_from": "d.usage_minute_from",
    "minute_to": "d.usage_minute_to",
}
KEPT = {"is_kept": "r.before IS NOT NULL", "goes_to": "coalesce(r.before ->> 'status', '')"}
# Those that reopening leaves out unless it is given a new end.
LATE = "count(*) FILTER (WHERE d.expires_at <= %(now)s AND d.status_before IN ('', 'pending', 'clipped'))"


class ResponseKit(Kit):
    """Responses in bulk."""

    name = "responses"
    document = OfferResponse
    act_model, selection_model, row_model = BulkAct, BulkSelection, BulkRow
    link, order = "response", "issued_at"
    filterset = ResponseFilter
    words = outcomes.WORDS
    refused = (Refused, LedgerRefused)
    acts = {
        act.name: act
        for act in (
            Act(BulkKind.CLIP, BulkKind.CLIP.label, "scissors", _("It is clipped already")),
            Act(BulkKind.PROCESS, BulkKind.PROCESS.label, "package", _("It is being processed already"), form=NoteForm),
            Act(BulkKind.SHIP, BulkKind.SHIP.label, "truck", _("It is shipped already"), form=ShipManyForm),
            Act(
                BulkKind.COMPLETE,
                BulkKind.COMPLETE.label,
                "badge-check",
                _("It is completed already"),
                form=NoteForm,
            ),
            Act(
                BulkKind.EXPIRE,
                BulkKind.EXPIRE.label,
                "hourglass",
                _("It has expired already"),
                tone="bad",
                form=ReasonForm,
            ),
            Act(
                BulkKind.CANCEL,
                BulkKind.CANCEL.label,
                "circle-x",
                _("It is canceled already"),
                tone="bad",
                form=ReasonForm,
            ),
            Act(BulkKind.REOPEN, BulkKind.REOPEN.label, "rotate-ccw", _("It is open"), form=ReopenManyForm),
            Act(BulkKind.REVERSE, BulkKind.REVERSE.label, "undo-2", _("It is not completed"), form=ReasonForm),
        )
    }

    def begin(self, *, bulk: BulkAct, ids: Sequence[uuid.UUID], now: datetime) -> ResponseBatch:
        """Lock these responses in the order of their ids."""
        return ResponseBatch(bulk, ids, now)

    def letter_of(self, refusal: Exception) -> str:
        """Return the letter for what an act raised."""
        return outcomes.outcome_of(refusal)

    def facts(self, bulk: BulkAct) -> dict[str, str]:
        """Return what the rules look at."""
        return FACTS | KEPT if bulk.undoes_id else FACTS

    def judge(self, bulk: BulkAct, facts: Mapping[str, Any], *, given: Mapping[str, Any], now: datetime) -> str:
        """Judge a stand-in for responses with these facts; that a new end is missing is not known before it is asked."""
        row = stand_in(facts, now)
        if bulk.undoes_id:
            return rules.undo(row, now, is_kept=bool(facts["is_kept"]), goes_to=facts["goes_to"])
        return rules.judge(bulk.act, row, now, has_end=True)

    def sums(self, bulk: BulkAct) -> dict[str, str]:
        """Count those that are reopened with a new end alone."""
        return {"late": LATE} if bulk.act == BulkKind.REOPEN and not bulk.undoes_id else {}

    def counted(self, number: int) -> str:
        """Return a number of responses in words."""
        return ngettext("%(number)s response", "%(number)s responses", number) % {"number": locale.number(number)}

    def named(self, document: OfferResponse, slug: str) -> tuple[str, str, str]:
        """Return the offer, whose response it is, and its page."""
        url = reverse("offers:response", args=[slug, document.id])
        return document.offer_name, document.member_name or document.member_email, url

    def columns(self) -> Sequence[tuple[Any, str]]:
        """Return the columns of the file of results."""
        return (
            (_("Response"), "response_id"),
            (_("Offer"), "response__offer_name"),
            (_("Certificate code"), "response__code_value"),
            (_("Member"), "response__member_name"),
            (_("E-mail"), "response__member_email"),
            (_("Issued"), "response__issued_at"),
        )


def stand_in(facts: Mapping[str, Any], now: datetime) -> OfferResponse:
    """Return a response that is in no database, with the facts of a group."""
    later, earlier = now + timedelta(days=1), now - timedelta(days=1)
    return OfferResponse(
        status=facts["status"] or "",
        status_before=facts["before"] or "",
        needs_clip=bool(facts["needs_clip"]),
        expires_at=now if facts["has_ended"] else None,
        reserved_until=later if facts["is_reserved"] else None,
        usage_from=earlier if facts["has_begun"] else later,
        usage_to=now if facts["has_passed"] else None,
        usage_weekdays=facts["weekdays"] or 0,
        usage_minute_from=facts["minute_from"] or 0,
        usage_minute_to=facts["minute_to"] or 0,
    )


RESPONSES = ResponseKit()
