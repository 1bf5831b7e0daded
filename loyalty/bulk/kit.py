"""The bulk acts of redeemed rewards, as `jobs.bulk` wants to be told of them."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from codes.errors import CodeNotTaken, HolderHasCode
from jobs.bulk.kit import Act, Kit
from ledger.errors import LedgerRefused
from loyalty.bulk import outcomes, rules
from loyalty.bulk.batch import RewardBatch
from loyalty.errors import Refused
from loyalty.filters import RedeemedFilter
from loyalty.forms import CancelForm
from loyalty.models import RedeemedReward
from loyalty.models.bulk import BulkAct, BulkKind, BulkRow, BulkSelection
from loyalty.services import notices
from loyalty.states import RewardType
from ui import locale

LASTS = _("What is canceled stays canceled: this cannot be undone.")
SENT = _("A mail that was sent cannot be taken back.")
FACTS = {
    "is_canceled": "d.canceled_at IS NOT NULL",
    "has_ended": "d.expires_at IS NOT NULL AND d.expires_at <= %(now)s",
    "waits": "d.active_from > %(now)s",
    "is_used": "d.used_at IS NOT NULL",
    "type": "d.reward_type",
    "delivery": "d.delivery_status",
    "cashback": "d.cashback_status",
}
BURNT = """count(d.code_id) FILTER (WHERE (SELECT w.burns_code FROM loyalty_reward AS w
    WHERE w.merchant_id = %(merchant)s AND w.id = d.reward_id))"""
SUMS = {"points": "sum(d.cost_in_points)", "codes": "count(d.code_id)", "burnt": BURNT}


class RewardKit(Kit):
    """Redeemed rewards in bulk."""

    name = "rewards"
    document = RedeemedReward
    act_model, selection_model, row_model = BulkAct, BulkSelection, BulkRow
    link, order = "redeemed", "redeemed_at"
    filterset = RedeemedFilter
    words = outcomes.WORDS
    refused = (Refused, LedgerRefused, HolderHasCode, CodeNotTaken)
    acts = {
        act.name: act
        for act in (
            Act(BulkKind.USE, BulkKind.USE.label, "square-check", _("It is marked as used already")),
            Act(BulkKind.UNUSE, BulkKind.UNUSE.label, "undo-2", _("It is not marked as used")),
            Act(BulkKind.SHIP, BulkKind.SHIP.label, "truck", _("It is shipped already")),
            Act(BulkKind.DELIVER, BulkKind.DELIVER.label, "package-check", _("It is delivered already")),
            Act(
                BulkKind.STOP_SHIPPING, BulkKind.STOP_SHIPPING.label, "package-x", _("Its shipping is canceled already")
            ),
            Act(BulkKind.ORDER_AGAIN, BulkKind.ORDER_AGAIN.label, "clipboard-list", _("It is ordered already")),
            Act(BulkKind.RESEND, BulkKind.RESEND.label, "mail", lasts=SENT),
            Act(
                BulkKind.CANCEL,
                BulkKind.CANCEL.label,
                "circle-x",
                _("It is canceled already"),
                tone="bad",
                form=CancelForm,
                lasts=LASTS,
            ),
        )
    }

    def begin(self, *, bulk: BulkAct, ids: Sequence[uuid.UUID], now: datetime) -> RewardBatch:
        """Lock these redeemed rewards in the order of their ids."""
        return RewardBatch(bulk, ids, now, lasts=bool(self.acts[bulk.act].lasts))

    def letter_of(self, refusal: Exception) -> str:
        """Return the letter for what an act raised."""
        return outcomes.outcome_of(refusal)

    def facts(self, bulk: BulkAct) -> dict[str, str]:
        """Return what the rules look at; whether somebody can be told is the same for all."""
        if bulk.undoes_id:
            return FACTS | {"is_kept": "r.before IS NOT NULL"}
        if bulk.act == BulkKind.RESEND:
            return FACTS | {"is_told": "true" if notices.usable_address() else "false"}
        return FACTS

    def judge(self, bulk: BulkAct, facts: Mapping[str, Any], *, given: Mapping[str, Any], now: datetime) -> str:
        """Judge a stand-in for redeemed rewards with these facts."""
        row = stand_in(facts, now)
        if bulk.undoes_id:
            return rules.undo(bulk.act, row, now, is_kept=bool(facts["is_kept"]))
        return rules.RULES[bulk.act](row, now) if facts.get("is_told", True) else outcomes.NOBODY

    def sums(self, bulk: BulkAct) -> dict[str, str]:
        """Add up what canceling gives back and takes away."""
        return SUMS if bulk.act == BulkKind.CANCEL else {}

    def counted(self, number: int) -> str:
        """Return a number of redeemed rewards in words."""
        words = ngettext("%(number)s redeemed reward", "%(number)s redeemed rewards", number)
        return words % {"number": locale.number(number)}

    def named(self, document: RedeemedReward, slug: str) -> tuple[str, str, str]:
        """Return the reward with its code, whose it is, and its page."""
        code = f" ({document.code_value})" if document.code_value else ""
        url = reverse("loyalty:redeemed_detail", args=[slug, document.id])
        return f"{document.reward_name}{code}", document.customer_email, url

    def columns(self) -> Sequence[tuple[Any, str]]:
        """Return the columns of the file of results."""
        return (
            (_("Redeemed reward"), "redeemed_id"),
            (_("Reward"), "redeemed__reward_name"),
            (_("Code"), "redeemed__code_value"),
            (_("Customer e-mail"), "redeemed__customer_email"),
            (_("Redeem date and time"), "redeemed__redeemed_at"),
        )


def stand_in(facts: Mapping[str, Any], now: datetime) -> RedeemedReward:
    """Return a redeemed reward that is in no database, with the facts of a group."""
    return RedeemedReward(
        canceled_at=now if facts["is_canceled"] else None,
        expires_at=now if facts["has_ended"] else None,
        active_from=now + timedelta(days=1) if facts["waits"] else now,
        used_at=now if facts["is_used"] else None,
        reward_type=facts["type"] or RewardType.GIFT,
        delivery_status=facts["delivery"] or "",
        cashback_status=facts["cashback"] or "",
    )


REWARDS = RewardKit()
