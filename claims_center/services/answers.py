"""What a customer says on the tracker: an answer to our question, and that an e-mail did not come."""

import uuid
from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.errors import Incomplete, NotAllowed
from claims_center.matching import number_of
from claims_center.models import Claim, ClaimChange
from claims_center.services.base import LONGEST_REASON, keep, locked, memo, move
from claims_center.services.corrections import correct_order_number, update_address
from claims_center.services.numbers import hold_numbers
from claims_center.services.rechecks import recheck_later
from claims_center.states import Attention, Event, Status
from tenancy.actors import Actor

SENT = (Event.GIFT_SENT, Event.GIFT_RESENT, Event.EMAIL_CORRECTED)


def answer(
    *,
    claim_id: uuid.UUID,
    question: int,
    text: str,
    now: datetime,
    actor: Actor | None = None,
    order_number: str = "",
    address: dict[str, str] | None = None,
) -> Claim:
    """Take the customer's answer to a question in: the claim is new again and is checked again.

    1. Holds a corrected order number, then locks the claim.
    2. One that is new already is returned as it is: an answer that is sent twice counts once.
    3. Puts order number and mailing address right where others were given.
    4. Writes the memo claim.answered, the state, what was said and that it has not been read yet, and the history.
    5. Has the claim checked against the orders by a job.

    ``question`` is the number of the change that asked, so that an old page does not answer a new question. ``actor`` is
    the customer unless somebody answers for them. Raises NotAllowed, Incomplete for an empty answer.
    """
    said = " ".join(text.replace("\x00", "").split(" ")).strip()[:LONGEST_REASON]
    if not said and not order_number.strip() and not address:
        raise Incomplete("text", _("Write an answer first."))
    marketplace = Claim.objects.values_list("marketplace", flat=True).get(id=claim_id)
    hold_numbers(numbers=[(marketplace, number_of(order_number))])
    claim = locked(claim_id=claim_id)
    if claim.status == Status.NEW:
        return claim
    _check_question(claim, question)
    by = actor or Actor.customer(claim.customer_id)
    if order_number.strip():
        correct_order_number(claim_id=claim_id, order_number=order_number, actor=by, now=now)
    if address and claim.is_physical:
        update_address(claim_id=claim_id, address=claim.ship_to | address, actor=by, now=now)
    claim = locked(claim_id=claim_id)
    claim.attention = Attention.ANSWERED
    move(claim=claim, event=Event.ANSWERED, actor=by, now=now, reason=said, fields=["attention"])
    recheck_later(claim_ids=[claim.id], now=now)
    return claim


def report_missing_mail(*, claim_id: uuid.UUID, now: datetime) -> Claim:
    """Note that the customer says the gift's e-mail did not come, so that somebody looks. Sends nothing.

    Locks the claim; once for each time that the gift was sent. Raises NotAllowed where no gift was sent by e-mail.
    """
    claim = locked(claim_id=claim_id)
    if claim.is_physical or not claim.is_gift_issued:
        raise NotAllowed(_("No e-mail with a gift was sent for this claim yet."))
    if may_report(claim=claim):
        claim.attention = Attention.MAIL_MISSED
        actor = Actor.customer(claim.customer_id)
        entry_id = memo(claim=claim, event=Event.MAIL_MISSED, actor=actor)
        keep(claim=claim, event=Event.MAIL_MISSED, fields=["attention"], actor=actor, now=now, entry_id=entry_id)
    return claim


def may_report(*, claim: Claim) -> bool:
    """Say whether nobody has told us yet that the gift's latest e-mail did not come."""
    seen = ClaimChange.objects.filter(claim_id=claim.id, event__in=[*SENT, Event.MAIL_MISSED])
    last = seen.order_by("-seq").values_list("event", flat=True).first()
    return last != Event.MAIL_MISSED


def open_question(*, claim: Claim) -> int:
    """Return the number of the change that asked the customer, 0 where nothing is asked."""
    if claim.status != Status.NEEDS_INFO:
        return 0
    asked = ClaimChange.objects.filter(claim_id=claim.id, event=Event.INFO_ASKED).order_by("-seq")
    return int(asked.values_list("seq", flat=True).first() or 0)


def _check_question(claim: Claim, question: int) -> None:
    if claim.status != Status.NEEDS_INFO:
        raise NotAllowed(_("Nothing is asked for this claim any more."))
    if open_question(claim=claim) != question:
        raise NotAllowed(_("We have asked something else meanwhile. Please read it and answer once more."))
