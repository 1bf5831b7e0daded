"""Showing a code that was given."""

from claims_center.models import Claim
from tenancy.actors import Actor
from tenancy.audit import audit


def reveal_code(*, claim: Claim, actor: Actor) -> str:
    """Return the code that the customer was given, in full, and audit who looked; "" where there is none."""
    if not claim.gift_code:
        return ""
    audit(
        action="claim.code_revealed", actor=actor, target=("claim", claim.id), after={"code": str(claim.code_id or "")}
    )
    return claim.gift_code
