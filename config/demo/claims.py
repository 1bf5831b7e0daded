"""The demo's claims: each takes its way through the real services, at the time that its story says."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from claims_center.errors import Refused
from claims_center.models import Claim, Journey, Listing, Step
from claims_center.services import desk, gifts, processing, sharing, verdicts
from claims_center.services.journeys import begin, keep_draft
from claims_center.services.submission import ClaimInput, submit_claim
from claims_center.states import Verification
from config.demo.base import Stage
from config.demo.mail import report_delivery
from config.demo.people import Person
from config.demo.stories import FunnelStory
from ledger.services import backdated
from tenancy.ids import new_id

DAYS = 58
# Of a hundred claims so many end in each way; the youngest ones are still new, whatever the dice say.
ENDS = (
    ("processed", 52),
    ("gifted", 12),
    ("verified", 8),
    ("new", 14),
    ("needs_info", 5),
    ("rejected", 6),
    ("unprocessed", 3),
)
NOTES = ("Asked twice by mail, very kind.", "Same household as another claim, fine by us.", "Wants the code in German.")


@dataclass(frozen=True)
class Plan:
    """One claim that will come in: when, whose, for what, with which order number, and how it ends."""

    at: datetime
    funnel: FunnelStory
    person: Person
    listing: Listing
    order_number: str
    end: str
    report: str = ""


def end_of(stage: Stage, at: datetime) -> str:
    """Throw the dice for how a claim of this time ends."""
    if at > stage.now - timedelta(hours=30):
        return "new"
    names, weights = zip(*ENDS, strict=True)
    return stage.dice.choices(names, weights)[0]


def play(stage: Stage, plan: Plan) -> Claim:
    """Submit the claim and lead it to its end."""
    with backdated(at=plan.at):
        journey = _visit(stage, plan)
        claim = submit_claim(given=_answers(stage, plan, journey), now=plan.at).claim
        if stage.dice.random() < 0.56:  # noqa: PLR2004 - about so many share
            sharing.record_redirect(claim_id=claim.id, now=plan.at + timedelta(minutes=1))
    if plan.end != "new":
        _work(stage, plan, claim)
    return Claim.objects.get(id=claim.id)


def visit_only(stage: Stage, funnel: FunnelStory, at: datetime) -> None:
    """Let somebody open the funnel's page and leave again, some after a step or two."""
    journey = begin(funnel=stage.funnels[funnel.slug], now=at)
    for number, step in enumerate((Step.STARTED, Step.ORDER, Step.FEEDBACK), start=1):
        if stage.dice.random() > 0.45:  # noqa: PLR2004 - about so many give up at each step
            return
        keep_draft(journey=journey, draft={}, now=at + timedelta(seconds=40 * number), reached=step)


def _visit(stage: Stage, plan: Plan) -> Journey:
    began = plan.at - timedelta(seconds=stage.dice.randrange(70, 400))
    journey = begin(funnel=stage.funnels[plan.funnel.slug], now=began)
    for number, step in enumerate((Step.STARTED, Step.ORDER, Step.FEEDBACK, Step.CONTACT), start=1):
        keep_draft(journey=journey, draft={}, now=began + timedelta(seconds=15 * number), reached=step)
    return journey


def _answers(stage: Stage, plan: Plan, journey: Journey) -> ClaimInput:
    return ClaimInput(
        funnel_id=stage.funnels[plan.funnel.slug].id,
        listing_id=plan.listing.id,
        op_key=uuid.uuid5(uuid.NAMESPACE_URL, f"{stage.story.slug}/{plan.funnel.slug}/{plan.at.isoformat()}").hex,
        email=plan.person.email,
        first_name=plan.person.first_name,
        last_name=plan.person.last_name,
        phone=plan.person.phone,
        order_number=plan.order_number,
        rating=stage.dice.choices((5, 4, 3, 2, 1), (48, 27, 12, 7, 6))[0],
        feedback=stage.dice.choice(stage.story.feedback),
        address=plan.person.address if stage.funnels[plan.funnel.slug].promotion.is_physical else {},
        journey_id=journey.id,
    )


def _work(stage: Stage, plan: Plan, claim: Claim) -> None:
    """Let staff do their work an hour to a day later."""
    at = stage.past(plan.at + timedelta(minutes=stage.dice.randrange(60, 60 * 26)))
    by = stage.actor(stage.dice.choice(("agent", "agent", "admin")))
    acts: dict[str, Any] = {"claim_id": claim.id, "actor": by, "now": at}
    with backdated(at=at):
        if stage.dice.random() < 0.3:  # noqa: PLR2004 - some are taken on by name
            desk.assign(user_id=by.id, **acts)
        if stage.dice.random() < 0.12:  # noqa: PLR2004 - and some get a note
            desk.add_note(text=stage.dice.choice(NOTES), op_key=new_id().hex, **acts)
        if plan.end == "needs_info":
            verdicts.ask_info(reason="Please send us the order number as it stands in your order e-mail.", **acts)
        elif plan.end == "rejected":
            verdicts.reject(reason="This order was refunded, so there is no gift for it.", **acts)
        else:
            verdicts.verify(reason=_why(claim), **acts)
    if plan.end in {"gifted", "processed", "unprocessed"}:
        _fulfil(stage, plan, claim.id, at + timedelta(minutes=stage.dice.randrange(2, 40)))


def _why(claim: Claim) -> str:
    return "" if claim.verification == Verification.MATCH else "Checked by hand in the seller account."


def _fulfil(stage: Stage, plan: Plan, claim_id: uuid.UUID, at: datetime) -> None:
    by, at = stage.actor("agent"), stage.past(at)
    physical = stage.funnels[plan.funnel.slug].promotion.is_physical
    if not physical and not _send(stage, plan, claim_id, at):
        return
    if plan.end == "gifted":
        return
    done = stage.past(at + timedelta(minutes=stage.dice.randrange(5, 300)))
    with backdated(at=done):
        carrier, number = ("UPS", f"1Z{stage.dice.randrange(10**9):09}") if physical else (None, None)
        processing.mark_processed(claim_id=claim_id, actor=by, now=done, carrier=carrier, tracking_number=number)
    if physical and done < stage.now - timedelta(days=5):
        with backdated(at=done + timedelta(days=4)):
            processing.mark_delivered(claim_id=claim_id, actor=by, now=done + timedelta(days=4))
    if plan.end == "unprocessed":
        undone = stage.past(done + timedelta(hours=2))
        with backdated(at=undone):
            reason = "The customer asked for another address."
            processing.unprocess(claim_id=claim_id, actor=by, now=undone, reason=reason)


def _send(stage: Stage, plan: Plan, claim_id: uuid.UUID, at: datetime) -> bool:
    """Send the gift; False where it cannot be sent, as to an address that bounced before: that is for staff to mend."""
    try:
        with backdated(at=at):
            gifts.send_gift(claim_id=claim_id, actor=stage.actor("agent"), now=at)
    except Refused:
        return False
    report_delivery(stage, claim_id, at, told=plan.report)
    return True
