"""The acts that can be done to many claims: words, rule, what they change, what they ask."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center.bulk import making, outcomes, rules
from claims_center.bulk.changes import Change
from claims_center.bulk.desk import Desk
from claims_center.bulk.rules import Given, Rule
from claims_center.models import BulkAct, BulkKind, Claim

Make = Callable[[Sequence[Claim], Desk], list[Change]]


@dataclass(frozen=True, slots=True)
class Act:
    """One act. `facts` names the columns that its rule looks at (see `preview`); `already` is why it need not be done."""

    name: str
    icon: str
    rule: Rule
    make: Make
    facts: tuple[str, ...]
    already: Any = outcomes.WORDS[outcomes.ALREADY]
    tone: str = ""

    @property
    def label(self) -> Any:
        """Return the words of its button."""
        return BulkKind(self.name).label

    def words(self, outcome: str) -> Any:
        """Return an outcome in words."""
        return self.already if outcome == outcomes.ALREADY else outcomes.WORDS[outcome]


ACTS = {
    act.name: act
    for act in (
        Act(
            BulkKind.VERIFY,
            "badge-check",
            rules.verify,
            making.verify,
            ("status", "verification", "order_rule", "has_number"),
            _("Verified already"),
        ),
        Act(
            BulkKind.SEND_GIFT,
            "send",
            rules.send_gift,
            making.send_gift,
            ("status", "kind", "has_gift", "promotion", "email"),
            _("The gift was sent before"),
        ),
        Act(
            BulkKind.PROCESS,
            "circle-check",
            rules.process,
            making.process,
            ("status", "kind", "has_gift", "promotion", "has_street", "has_city"),
            _("Processed already"),
        ),
        Act(BulkKind.UNPROCESS, "undo-2", rules.unprocess, making.unprocess, ("status",)),
        Act(
            BulkKind.REJECT,
            "circle-x",
            rules.reject,
            making.reject,
            ("status", "has_gift"),
            _("Rejected already"),
            tone="bad",
        ),
        Act(
            BulkKind.ASSIGN,
            "user-check",
            rules.assign,
            making.assign,
            ("assignee",),
            _("This person has it already"),
        ),
    )
}


def given_of(bulk: BulkAct) -> Given:
    """Return what the person gave for an act, from its document."""
    kept: dict[str, Any] = bulk.given
    user = kept.get("user")
    return Given(
        reason=kept.get("reason", ""),
        user_id=uuid.UUID(user) if user else None,
        return_code=bool(kept.get("return_code")),
        notify=bool(kept.get("notify")),
        wait=bool(kept.get("wait")),
    )
