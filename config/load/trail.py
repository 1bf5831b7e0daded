"""What happens to a synthetic claim: history, ledger, code, mail, and the claim's own columns with them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from claims_center.models import Claim, ClaimChange, Source
from claims_center.services.base import ORIGIN
from claims_center.services.gifts import GIFT_MAIL
from claims_center.states import TRANSITIONS, Delivery, Event
from codes.models import Code
from codes.normalise import masked, value_norm
from codes.states import CodeState
from config.load.batch import Batch
from ledger.acts import Act, Step
from ledger.units import Unit
from messaging.models import Message
from messaging.sender import message_id_header
from messaging.states import Status as Mail
from tenancy.actors import Actor
from tenancy.ids import new_id

AFTER = {Mail.SENT: 2, Mail.DELIVERED: 20, Mail.OPENED: 2400, Mail.BOUNCED: 30, Mail.COMPLAINED: 900, Mail.FAILED: 5}


@dataclass(slots=True)
class Trail:
    """A claim and the batch into which everything that happens to it is put."""

    claim: Claim
    batch: Batch
    steps: list[Step] = field(default_factory=list)

    def note(
        self,
        event: Event,
        actor: Actor,
        at: datetime,
        *,
        before: str | None = None,
        reason: str = "",
        detail: dict[str, Any] | None = None,
        in_ledger: bool = True,
    ) -> Any:
        """Let an act happen: the claim's next change, and its ledger entry with the given steps; return its id."""
        claim = self.claim
        claim.version += 1
        transition = TRANSITIONS.get(event)
        before = claim.status if before is None else before
        claim.status = transition.target if transition else claim.status
        entry_id = new_id() if in_ledger else None
        if entry_id:
            self.batch.post(actor, self._act(entry_id, event, at))
        change = ClaimChange.made_with(
            claim_id=claim.id,
            seq=claim.version,
            event=event,
            from_status=before,
            to_status=claim.status,
            actor=str(actor),
            at=at,
            reason=reason,
            detail=detail or {},
            entry_id=entry_id,
        )
        self.batch.changes.append(change)
        return entry_id

    def give_gift(self, actor: Actor, at: datetime, mail: Mail) -> None:
        """Issue the voucher of a digital gift, with its code, and mail it: `mail` is what became of that."""
        claim, promotion = self.claim, self.claim.promotion
        claim.grant_id = new_id()
        claim.gift_code = promotion.fixed_code
        if promotion.source == Source.POOL:
            claim.gift_code = f"LOAD-{claim.id.hex[-16:].upper()}"
            self._take_code(at)
        claim.gift_sent_at, claim.gift_seq = at, 1
        claim.delivery_status = Delivery(mail.value)
        claim.delivery_at = at + timedelta(seconds=AFTER[mail])
        self.steps = [
            Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id, code=claim.gift_code or None),
        ]
        detail = {"code": masked(claim.gift_code), "mail": 1}
        self.note(Event.GIFT_SENT, actor, at, detail=detail)
        self.batch.messages.append(self._message(actor, at, mail))

    def process(self, actor: Actor, at: datetime, shipped: Delivery) -> None:
        """Use the voucher; a physical gift's is issued by the same entry."""
        claim = self.claim
        detail: dict[str, Any] = {}
        if claim.is_physical:
            claim.grant_id = new_id()
            self.steps = [Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id)]
            claim.gift_item, claim.gift_address = claim.promotion.item_name, dict(claim.ship_to)
            claim.carrier, claim.tracking_number = "UPS", f"1Z{claim.id.int % 10**9:09}"
            claim.delivery_status, claim.delivery_at = shipped, at
            detail = {"item": claim.gift_item, "address": claim.gift_address, "carrier": claim.carrier}
        self.steps.append(Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=claim.grant_id))
        claim.processed_at, claim.processed_by = at, str(actor)
        claim.processed_entry_id = self.note(Event.PROCESSED, actor, at, detail=detail)

    def _act(self, entry_id: Any, event: Event, at: datetime) -> Act:
        claim, steps = self.claim, tuple(self.steps)
        self.steps = []
        return Act(
            event=event.value,
            origin=ORIGIN,
            origin_id=claim.id,
            subject_id=claim.promotion_id,
            customer_id=claim.customer_id,
            key=f"claim:{claim.id}:{claim.version}",
            steps=steps,
            occurred_at=at,
            entry_id=entry_id,
        )

    def _take_code(self, at: datetime) -> None:
        claim = self.claim
        code = Code.made_with(
            id=new_id(),
            pool_id=claim.promotion.pool_id,
            value=claim.gift_code,
            value_norm=value_norm(claim.gift_code),
            state=CodeState.TAKEN,
            holder_origin=ORIGIN,
            holder_id=claim.id,
            taken_at=at,
            created_at=at - timedelta(days=20),
        )
        claim.code_id = code.id
        self.batch.codes.append(code)

    def _message(self, actor: Actor, at: datetime, mail: Mail) -> Message:
        claim, message_id, happened = self.claim, new_id(), self.claim.delivery_at
        was_read = mail == Mail.OPENED
        made: Message = Message.made_with(
            id=message_id,
            origin=ORIGIN,
            origin_id=claim.id,
            seq=1,
            kind=GIFT_MAIL,
            once_key=f"{GIFT_MAIL}:{claim.id}:1",
            customer_id=claim.customer_id,
            to_address=claim.customer_email,
            to_name=claim.customer_name[:200],
            subject=f"Your gift: {claim.promotion_name}",
            status=mail,
            status_at=happened,
            message_id_header=message_id_header(message_id),
            attempts=1,
            last_error="synthetic" if mail == Mail.FAILED else "",
            actor=str(actor),
            queued_at=at,
            sent_at=None if mail == Mail.FAILED else at,
            delivered_at=happened if was_read or mail == Mail.DELIVERED else None,
            opened_at=happened if was_read else None,
        )
        return made
