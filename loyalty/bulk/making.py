"""The acts: what each changes on a redeemed reward, the same as its single service does."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from codes.stock import give_up_many
from customers.models import Customer
from ledger.acts import Step
from ledger.units import Unit
from loyalty.bulk.changes import Change
from loyalty.bulk.rules import STEPS
from loyalty.forms import CancelForm
from loyalty.models import RedeemedReward, Reward
from loyalty.models.bulk import BulkKind
from loyalty.services import notices, stock
from loyalty.services.using import DELIVERY, address_of, clear_use, forget_parcel, put_use
from loyalty.states import CouponStatus, DeliveryStatus, Event, RewardType
from messaging.many import Draft
from tenancy.actors import Actor


@dataclass(slots=True)
class Desk:
    """One batch at work: who asked for what, and the mails to be queued once the rows are written."""

    actor: Actor
    now: datetime
    given: Mapping[str, Any]
    mails: list[Draft] = field(default_factory=list)

    def tell(self, changes: Sequence[Change]) -> None:
        """Have fulfilment told of the gifts among these, where somebody can be told."""
        gifts = [change.redeemed for change in changes if change.redeemed.reward_type == RewardType.GIFT]
        address = notices.usable_address() if gifts else ""
        if address:
            self.mails += [notices.draft_of(redeemed=one, address=address, version=one.version + 1) for one in gifts]


Make = Callable[[Sequence[RedeemedReward], Desk], list[Change]]


def use(rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
    """Draw the vouchers, order what is to be shipped, keep the addresses, have fulfilment told."""
    customers = Customer.objects.in_bulk({row.customer_id for row in rows})
    changes = [used(row, address_of(customer=customers[row.customer_id]), desk) for row in rows]
    desk.tell(changes)
    return changes


def used(row: RedeemedReward, address: dict[str, Any], desk: Desk) -> Change:
    """Return the change that marks a reward as used."""
    change = Change(row, Event.USED)
    step = Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=row.grant_id)
    put_use(redeemed=row, entry_id=change.post(desk.actor, step), address=address, now=desk.now)
    return change


def unuse(rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
    """Take the uses back."""
    return [unused(row, desk) for row in rows]


def unused(row: RedeemedReward, desk: Desk) -> Change:
    """Return the change that takes a use back."""
    change = Change(row, Event.UNUSED)
    change.reverse(desk.actor, cast("uuid.UUID", row.used_entry_id))
    clear_use(redeemed=row)
    return change


def step(kind: str) -> Make:
    """Return the act of one step of the delivery."""
    target, _sources = STEPS[kind]

    def make(rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
        changes = []
        for row in rows:
            change = Change(row, DELIVERY[target][1])
            change.post(desk.actor)
            row.delivery_status, row.delivery_at = target, desk.now
            if target == DeliveryStatus.ORDERED:
                forget_parcel(redeemed=row)
            changes.append(change)
        return changes

    return make


def resend(rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
    """Have fulfilment told once more."""
    changes = [Change(row, Event.TOLD) for row in rows]
    for change in changes:
        change.post(desk.actor)
    desk.tell(changes)
    return changes


def cancel(rows: Sequence[RedeemedReward], desk: Desk) -> list[Change]:
    """Give places in the limits back, free or burn the codes, give the points back or revoke the vouchers alone."""
    rewards: dict[uuid.UUID, Reward] = Reward.objects.in_bulk({row.reward_id for row in rows})
    reason = desk.given.get("reason", "")
    stock.give_back_many(taken=[(rewards[row.reward_id], row.customer_id) for row in rows])
    for burnt in (True, False):
        codes = [row.code_id for row in rows if row.code_id and rewards[row.reward_id].burns_code == burnt]
        give_up_many(code_ids=codes, burnt=burnt, actor=desk.actor, reason=reason)
    return [_canceled(row, desk) for row in rows]


def _canceled(row: RedeemedReward, desk: Desk) -> Change:
    is_refunded = desk.given.get("points") == CancelForm.REFUND
    detail = {"refunded": row.cost_in_points if is_refunded else 0}
    change = Change(row, Event.CANCELED, reason=desk.given.get("reason", ""), detail=detail)
    if is_refunded:
        change.reverse(desk.actor, row.entry_id)
    else:
        change.post(desk.actor, Step.revoke(grant_id=row.grant_id))
    row.canceled_at, row.coupon_status, row.is_refunded = desk.now, CouponStatus.CANCELED, is_refunded
    return change


MAKES: dict[str, Make] = {
    BulkKind.USE: use,
    BulkKind.UNUSE: unuse,
    BulkKind.RESEND: resend,
    BulkKind.CANCEL: cancel,
    **{kind: step(kind) for kind in STEPS},
}
