"""Waiting for a code: joining the line of a pool, and leaving it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_center import waiting
from claims_center.models import Claim
from claims_center.views.base import ClaimAction


class WaitView(ClaimAction):
    """Let the claim wait for a code."""

    title = _("Wait for a code")
    text = _("The claim joins the line of its code pool. When codes come, the gift is sent by itself, in order.")
    icon_name = "hourglass"
    done = _("The claim waits for a code.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Join the line."""
        waiting.join_line(claim_id=claim.id, **self.facts_for_service())


class LeaveView(ClaimAction):
    """Take the claim out of the line."""

    title = _("Leave the line")
    text = _("The claim no longer waits for a code. Its gift can be sent by hand once there are codes.")
    icon_name = "hourglass"
    done = _("The claim no longer waits for a code.")

    def perform(self, claim: Claim, values: dict[str, Any]) -> None:
        """Leave it."""
        waiting.leave_line(claim_id=claim.id, **self.facts_for_service())
