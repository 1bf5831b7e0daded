"""Paying a cashback: one order, one order id, sent once; whatever is in doubt is asked about, never sent anew."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.models import Customer
from jobs.services import enqueue, hasten
from ledger.errors import GrantNotUsable
from ledger.services import draw, revoke
from ledger.units import Unit
from loyalty.cashback.provider import Answer, Order, Verdict
from loyalty.errors import NotAllowed
from loyalty.models import CashbackAccount, CashbackPayment, RedeemedReward
from loyalty.services.base import ORIGIN, keep, ledger_facts, locked, memo
from loyalty.states import CashbackStatus, Event
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.models import Merchant
from tenancy.prepared import insert_prepared
from tenancy.scope import current_merchant_id

KIND = "cashback.settle"
STATUSES = {
    Verdict.SUCCESS: (CashbackStatus.SUCCESS, Event.CASHBACK_PAID),
    Verdict.FAILURE: (CashbackStatus.FAILURE, Event.CASHBACK_FAILED),
    Verdict.PENDING: (CashbackStatus.PENDING, Event.CASHBACK_PENDING),
}
SETTLED = (CashbackStatus.SUCCESS, CashbackStatus.FAILURE)
FIELDS = ("cashback_status", "cashback_text")


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do next about a payment: send the order, or ask about it; on which account."""

    account: CashbackAccount
    order: Order
    is_sent: bool


def start(*, redeemed: RedeemedReward, provider: str, now: datetime) -> CashbackPayment:
    """Open the first order of a redeemed cashback, in the redemption's transaction, with its job."""
    return _open(redeemed, provider, attempt=1, now=now)


def retry(*, redeemed_id: uuid.UUID, actor: Actor, now: datetime) -> RedeemedReward:
    """Pay again what has failed for certain, as a new order: a decision of somebody, recorded.

    Locks the redeemed reward; status Started again, memo, history. One whose order is open or paid is returned as it
    is: pressing twice pays once. Raises NotAllowed for what is no cashback, or canceled.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if not redeemed.cashback_status or redeemed.canceled_at is not None:
        raise NotAllowed(_("There is no cashback to pay."))
    if redeemed.cashback_status != CashbackStatus.FAILURE:
        return redeemed
    last = CashbackPayment.objects.filter(redeemed=redeemed).order_by("-attempt")[0]
    _open(redeemed, last.provider, attempt=last.attempt + 1, now=now)
    redeemed.cashback_status, redeemed.cashback_text = CashbackStatus.INIT, "0: INIT: INIT"
    entry_id = memo(redeemed=redeemed, event=Event.CASHBACK_STARTED, actor=actor)
    return keep(redeemed=redeemed, event=Event.CASHBACK_STARTED, fields=FIELDS, actor=actor, now=now, entry_id=entry_id)


def ask_again(*, redeemed_id: uuid.UUID, actor: Actor, now: datetime) -> RedeemedReward:
    """Have the provider asked about an open payment now rather than at its next turn; nothing is sent anew.

    Locks the redeemed reward; brings its job up to ``now`` (UTC), a dead one back to life; audits. A job that is at
    work is left to it. Raises NotAllowed for what is no cashback, and for a payment that is settled.
    """
    redeemed = locked(redeemed_id=redeemed_id)
    if redeemed.cashback_status not in (CashbackStatus.INIT, CashbackStatus.PENDING):
        raise NotAllowed(_("The payment is settled: there is nothing to ask."))
    payment: CashbackPayment = CashbackPayment.objects.filter(redeemed=redeemed).order_by("-attempt")[0]
    key = str(payment.id)
    job = enqueue(kind=KIND, payload={"payment": key}, dedupe_key=key, now=now, max_attempts=50)
    hasten(job_id=job.id, actor=actor, now=now)
    audit(action="cashback.asked", actor=actor, target=(ORIGIN, redeemed.id), after={"order": payment.order_id})
    return redeemed


def next_turn(*, payment_id: uuid.UUID, now: datetime) -> Turn | None:
    """Say what to do about a payment; None where it is settled, or settled by this call.

    Writes ``sent_at`` (UTC) before an order goes out. A customer without a phone number, or a merchant without an
    account, is a failure that a person can try again. Nothing goes out of what an earlier order has paid after all.
    """
    payment: CashbackPayment = CashbackPayment.objects.get(id=payment_id)
    # The reward first, as everywhere: its lock is the payment's too.
    redeemed = locked(redeemed_id=payment.redeemed_id)
    payment.refresh_from_db()
    if payment.status in SETTLED:
        return None
    account: CashbackAccount | None = CashbackAccount.objects.filter(provider=payment.provider).first()
    phone: str = Customer.objects.values_list("phone_norm", flat=True).get(id=redeemed.customer_id)
    is_sent = payment.sent_at is not None
    code = "" if is_sent else _why_not(redeemed, account, phone)
    if code:
        _settle(payment, redeemed, Answer(Verdict.FAILURE, code, str(_words(code))), now=now)
        return None
    if account is None:
        raise NotAllowed(_("The account at the provider is gone, and an order is open there."))
    if not is_sent:
        payment.sent_at = now
        payment.save(update_fields=["sent_at"])
    return Turn(account, _order(payment, redeemed, phone), is_sent)


def not_sent(*, payment_id: uuid.UUID) -> None:
    """Note that an order did not go out after all, or never arrived: the next turn sends it, under the same id."""
    CashbackPayment.objects.filter(id=payment_id, settled_at=None).update(sent_at=None)


def settle(*, payment_id: uuid.UUID, answer: Answer, now: datetime) -> bool:
    """Take up what the provider says of a payment; return whether that is the end of it.

    1. Locks the redeemed reward. A paid one stays paid whatever comes later; a message that says nothing new changes
       nothing. A failure that turns out to be paid becomes paid: the money has moved, whatever order is open by now.
    2. Success draws the voucher, or takes away what is left of one that cannot be drawn; failure and pending leave it.
       Status text, memo or entry, history.
    """
    payment: CashbackPayment = CashbackPayment.objects.get(id=payment_id)
    redeemed = locked(redeemed_id=payment.redeemed_id)
    payment.refresh_from_db()
    is_final = payment.status == CashbackStatus.SUCCESS or (
        payment.status == CashbackStatus.FAILURE and answer.verdict != Verdict.SUCCESS
    )
    if is_final or answer.verdict == Verdict.UNKNOWN:
        return payment.status in SETTLED
    _settle(payment, redeemed, answer, now=now)
    return payment.status in SETTLED


def text_of(*, answer: Answer) -> str:
    """Return the status as the grid shows it."""
    number = {Verdict.SUCCESS: 1, Verdict.FAILURE: 2, Verdict.PENDING: 3}[answer.verdict]
    if answer.verdict == Verdict.SUCCESS:
        return f"{number}: SUCCESS: {answer.transaction_id or answer.code}"[:300]
    return f"{number}: {answer.code}: {answer.message}"[:300]


def _settle(payment: CashbackPayment, redeemed: RedeemedReward, answer: Answer, *, now: datetime) -> None:
    status, event = STATUSES[answer.verdict]
    if payment.status == status and (payment.code, payment.message) == (answer.code[:60], answer.message[:200]):
        return
    payment.status, payment.code, payment.message = status, answer.code[:60], answer.message[:200]
    payment.transaction_id = answer.transaction_id[:60]
    payment.settled_at = now if status in SETTLED else None
    payment.save(update_fields=["status", "code", "message", "transaction_id", "settled_at"])
    is_latest = not CashbackPayment.objects.filter(redeemed=redeemed, attempt__gt=payment.attempt).exists()
    is_shown = status == CashbackStatus.SUCCESS or (is_latest and redeemed.cashback_status != CashbackStatus.SUCCESS)
    if is_shown:
        redeemed.cashback_status, redeemed.cashback_text = status, text_of(answer=answer)
    entry_id = _entry(redeemed, event)
    keep(
        redeemed=redeemed,
        event=event,
        fields=FIELDS,
        actor=Actor.system(),
        now=now,
        reason="" if is_shown else payment.message,
        detail={"order": payment.order_id, "code": payment.code, "transaction": payment.transaction_id},
        entry_id=entry_id,
    )


def _entry(redeemed: RedeemedReward, event: Event) -> uuid.UUID:
    """Draw the voucher of what is paid; of a reward that was canceled meanwhile there is none any more.

    The money has moved even where the coupon has ended, or not begun: what is left of the voucher goes then too.
    """
    if event != Event.CASHBACK_PAID or redeemed.canceled_at is not None:
        return memo(redeemed=redeemed, event=event, actor=Actor.system())
    facts = ledger_facts(redeemed=redeemed, event=event, actor=Actor.system())
    try:
        with transaction.atomic():
            return draw(unit=Unit.VOUCHER, amount=1, grant_id=redeemed.grant_id, **facts).entry_id
    except GrantNotUsable:
        return revoke(grant_id=redeemed.grant_id, **facts).entry_id


def _open(redeemed: RedeemedReward, provider: str, *, attempt: int, now: datetime) -> CashbackPayment:
    suffix = "" if attempt == 1 else f"A{attempt}"
    payment: CashbackPayment = CashbackPayment.made_with(
        redeemed=redeemed,
        attempt=attempt,
        provider=provider,
        order_id=f"CB{redeemed.id.hex}{suffix}",
        created_at=now,
    )
    insert_prepared(payment)
    enqueue(kind=KIND, payload={"payment": str(payment.id)}, dedupe_key=str(payment.id), now=now, max_attempts=50)
    return payment


def _order(payment: CashbackPayment, redeemed: RedeemedReward, phone: str) -> Order:
    public_id = Merchant.objects.values_list("public_id", flat=True).get(id=current_merchant_id())
    callback = f"{settings.BASE_URL}{reverse('cashback:callback', args=[public_id, payment.provider])}"
    amount = redeemed.amount
    if amount is None:
        raise NotAllowed(_("The reward names no amount."))
    return Order(payment.order_id, amount, phone, callback)


def _why_not(redeemed: RedeemedReward, account: CashbackAccount | None, phone: str) -> str:
    """Return the code of what keeps an order from going out, "" where nothing does."""
    if redeemed.cashback_status == CashbackStatus.SUCCESS:
        return "PAID_BEFORE"
    if account is None:
        return "NO_ACCOUNT"
    if redeemed.canceled_at is not None:
        return "CANCELED"
    return "" if phone else "NO_PHONE"


def _words(code: str) -> str:
    return {
        "NO_ACCOUNT": _("No account at the provider is set up."),
        "NO_PHONE": _("The customer has no phone number."),
        "CANCELED": _("The reward was canceled."),
        "PAID_BEFORE": _("An earlier order was paid after all."),
    }[code]
