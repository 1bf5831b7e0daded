"""What staff decide about signals: one is settled, or from when on a merchant wants to hear of many claims."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.errors import Incomplete
from claims_center.models import Claim, SignalDismissal, SignalKind, SignalRules
from claims_center.services.base import LONGEST_REASON
from claims_center.services.marks import mark, mark_all_later
from tenancy.actors import Actor
from tenancy.audit import audit


def dismiss_signal(*, claim_id: uuid.UUID, kind: str, note: str, actor: Actor, now: datetime) -> SignalDismissal:
    """Note that somebody looked at a signal of a claim and found nothing wrong; it decides nothing else.

    1. Writes who, when and why. The same note by the same person within a minute is one.
    2. Takes the claim's mark off for lists, and audits without the words. What comes in later shows the signal again.

    Raises Incomplete for an unknown kind or without a note, Claim.DoesNotExist for an unknown claim.
    """
    words = note.replace("\x00", "").strip()[:LONGEST_REASON]
    if not words:
        raise Incomplete("note", _("Say why there is nothing wrong."))
    if kind not in SignalKind.values:
        raise Incomplete("kind", _("There is no such signal."))
    claim = Claim.objects.select_for_update(no_key=True).only("id", "merchant").get(id=claim_id)
    last = SignalDismissal.objects.filter(claim_id=claim.id, kind=kind).order_by("-at", "-id").first()
    if last is not None and (last.note, last.actor) == (words, str(actor)) and (now - last.at).total_seconds() < 60:  # noqa: PLR2004
        return last
    row: SignalDismissal = SignalDismissal.objects.create(
        claim_id=claim.id, kind=kind, note=words, actor=str(actor), at=now
    )
    mark(claim_ids=[claim.id])
    audit(action="signal.dismissed", actor=actor, target=("claim", claim.id), after={"kind": kind})
    return row


def save_rules(*, most_claims: int, days: int, actor: Actor, now: datetime) -> SignalRules:
    """Save from how many claims within how many days on a merchant wants to know.

    Where something changed: audits it, and has all claims marked anew by a job.
    """
    rules, _new = SignalRules.objects.get_or_create()
    before = {"most_claims": rules.most_claims, "days": rules.days}
    rules.most_claims, rules.days = most_claims, days
    after = {"most_claims": most_claims, "days": days}
    if before != after or _new:
        rules.save()
        mark_all_later(now=now)
        audit(action="signals.changed", actor=actor, target=("merchant", rules.merchant_id), before=before, after=after)
    return rules
