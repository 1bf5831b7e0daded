"""Assignments of offers, as `jobs.bulk` wants to be told of them: its documents are the members."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from codes.errors import CodeNotTaken, HolderHasCode
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.selectors import customers_for_list
from jobs.bulk import outcomes as shared
from jobs.bulk.kit import Act, Kit
from ledger.errors import LedgerRefused
from offers.assigning import outcomes, rules
from offers.assigning.batch import Giving, TakingBack
from offers.errors import Refused
from offers.models import Assignment, AssignmentRow, AssignmentSelection
from offers.models.bulk import ASSIGN
from ui import locale


class AssignmentKit(Kit):
    """Members who are given an offer."""

    name = "assignments"
    document = Customer
    act_model, selection_model, row_model = Assignment, AssignmentSelection, AssignmentRow
    link, order = "customer", "created_at"
    filterset = CustomerFilter
    has_versions = False
    carried = ("offer_id", "starts_clipped")
    words = outcomes.WORDS
    refused = (Refused, LedgerRefused, HolderHasCode, CodeNotTaken)
    acts = {ASSIGN: Act(ASSIGN, _("Assign offer"), "megaphone")}

    def documents(self) -> QuerySet[Customer]:
        """Return the members who are listed: nobody who was forgotten."""
        return customers_for_list()

    def begin(self, *, bulk: Assignment, ids: Sequence[uuid.UUID], now: datetime) -> Giving | TakingBack:
        """Hold these members, and what they have of the offer."""
        if bulk.undoes_id is None:
            return Giving(bulk, ids, now)
        return TakingBack(bulk, cast("Assignment", bulk.undoes), ids, now)

    def letter_of(self, refusal: Exception) -> str:
        """Return the letter for what giving one raised."""
        code = refusal.code if isinstance(refusal, Refused) else ""
        return outcomes.REFUSALS.get(code, shared.IMPOSSIBLE)

    def facts(self, bulk: Assignment) -> dict[str, str]:
        """Return what the rules look at: what a member has of the offer, or what became of what was given."""
        return rules.UNDO if bulk.undoes_id else rules.facts(bulk, bulk.offer, timezone.now())

    def judge(self, bulk: Assignment, facts: Mapping[str, Any], *, given: Mapping[str, Any], now: datetime) -> str:
        """Judge members with these facts."""
        if bulk.undoes_id:
            has_ended, is_reserved = bool(facts["has_ended"]), bool(facts["is_reserved"])
            return rules.judge_undo(facts["stands"], has_ended=has_ended, is_reserved=is_reserved)
        return rules.judge(facts)

    def counted(self, number: int) -> str:
        """Return a number of members in words."""
        return ngettext("%(number)s member", "%(number)s members", number) % {"number": locale.number(number)}

    def named(self, document: Customer, slug: str) -> tuple[str, str, str]:
        """Return the member's name, how to tell the member from others, and the member's page."""
        name = document.name or document.card_number or document.phone
        other = document.email if document.email != name else document.card_number
        return name, other, reverse("cockpit:customer", args=[slug, document.id])

    def columns(self) -> Sequence[tuple[Any, str]]:
        """Return the columns of the file of results."""
        return (
            (_("First name"), "customer__first_name"),
            (_("Surname"), "customer__last_name"),
            (_("E-mail"), "customer__email"),
            (_("Card number"), "customer__card_number"),
        )


ASSIGNMENTS = AssignmentKit()
