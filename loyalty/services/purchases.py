"""Purchases and returns: how points are earned, and how they go back."""

import uuid
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from ledger.acts import About, Step, digest_of
from ledger.errors import LedgerConflict
from ledger.models import Grant
from ledger.services import post, record, revoke
from ledger.units import Unit
from loyalty.earning import points_for, returned_in_all, validity
from loyalty.errors import CurrencyMismatch, PurchaseExists, ReturnExceedsPurchase
from loyalty.models import LoyaltySettings, Purchase, PurchaseReturn
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tenancy.selectors import merchant_zone
from triggers.acts import Happened
from triggers.services import answer

ORIGIN = "purchase"


def settings_of_merchant() -> LoyaltySettings:
    """Return the settings of the merchant in scope; unsaved defaults, which earn no points, where there are none."""
    found: LoyaltySettings | None = LoyaltySettings.objects.first()
    return found or LoyaltySettings.made_with(points_per_unit=Decimal(0))


def record_purchase(
    *,
    customer_id: uuid.UUID,
    reference: str,
    amount: Decimal,
    currency: str,
    occurred_at: datetime,
    actor: Actor,
    now: datetime,
    is_strict: bool = False,
) -> Purchase:
    """Record a purchase once, with the points that it earns. Times are UTC; ``amount`` is in major units.

    1. A purchase with this reference and the same contents is returned as it is, or with ``is_strict`` refused.
    2. Grants the points as one lot, locked and expiring as the settings say, counted from ``now``: what a till tells
       late is not late for the customer. (An import runs inside `ledger.services.backdated`, and gives the same time
       as ``now``.) No points: a memo.
    3. Writes the row with its entry.
    4. Lets triggers answer it; what they gave is `brought` on the purchase that is returned.

    Raises PurchaseExists (same reference, other contents or ``is_strict``), CurrencyMismatch, Customer's IntegrityError
    if unknown.
    """
    wanted = Merchant.objects.values_list("currency", flat=True).get(id=current_merchant_id())
    if currency != wanted:
        raise CurrencyMismatch(currency=wanted)
    known = Purchase.objects.filter(reference=reference).first()
    if known is not None:
        return _same(known, customer_id, amount, is_strict=is_strict)
    purchase: Purchase = Purchase.made_with(
        id=new_id(),
        reference=reference,
        customer_id=customer_id,
        amount=amount,
        currency=currency,
        occurred_at=occurred_at,
        recorded_at=now,
    )
    try:
        with transaction.atomic():
            _earn(purchase, actor=actor, now=now)
            purchase.save(force_insert=True)
    except (IntegrityError, LedgerConflict):
        other = Purchase.objects.filter(reference=reference).first()
        if other is None:
            raise
        return _same(other, customer_id, amount, is_strict=is_strict)
    purchase.brought = answer(happened=[happened(purchase=purchase, at=now)], now=now)
    return purchase


def happened(*, purchase: Purchase, at: datetime) -> Happened:
    """Return that a purchase was made, as triggers are told of it; ``at`` is when its entry says that it happened."""
    return Happened(
        event=PointEvent.PURCHASE.value,
        entry_id=purchase.entry_id,
        customer_id=purchase.customer_id,
        origin_id=purchase.id,
        occurred_at=at,
        amount=purchase.amount,
    )


def record_return(
    *, purchase_id: uuid.UUID, reference: str, amount: Decimal, actor: Actor, now: datetime
) -> PurchaseReturn:
    """Record goods brought back, and take their share of the points back from the purchase's own lot.

    1. Locks the purchase. A return with this reference stands once.
    2. Revokes, pro rata over all returns so far, what is still in the lot; what was spent, or has ended whether or not
       a sweep has run, is the row's ``shortfall``.
    3. Writes the row, and the sums on the purchase.

    Raises ReturnExceedsPurchase, PurchaseExists (same reference, another amount), Purchase.DoesNotExist.
    """
    purchase: Purchase = Purchase.objects.select_for_update(no_key=True).get(id=purchase_id)
    known: PurchaseReturn | None = PurchaseReturn.objects.filter(purchase=purchase, reference=reference).first()
    if known is not None:
        if known.amount != amount:
            raise PurchaseExists
        return known
    returned = purchase.returned_amount + amount
    if returned > purchase.amount:
        raise ReturnExceedsPurchase
    in_all = returned_in_all(purchase.points_earned, amount=purchase.amount, returned=returned)
    points = in_all - purchase.points_returned
    entry_id, shortfall = _take_back(purchase, reference, points, actor=actor, now=now)
    purchase.returned_amount, purchase.points_returned = returned, in_all
    purchase.save(update_fields=["returned_amount", "points_returned"])
    row: PurchaseReturn = PurchaseReturn.made_with(
        purchase=purchase,
        reference=reference,
        amount=amount,
        points_returned=points - shortfall,
        shortfall=shortfall,
        entry_id=entry_id,
        recorded_at=now,
    )
    row.save(force_insert=True)
    return row


def _same(purchase: Purchase, customer_id: uuid.UUID, amount: Decimal, *, is_strict: bool) -> Purchase:
    if is_strict or (purchase.customer_id, purchase.amount) != (customer_id, amount):
        raise PurchaseExists
    return purchase


def _earn(purchase: Purchase, *, actor: Actor, now: datetime) -> None:
    rules = settings_of_merchant()
    points = points_for(purchase.amount, rules)
    steps = []
    if points:
        lasts = validity(now, rules, merchant_zone())
        purchase.grant_id, purchase.points_earned = new_id(), points
        steps = [
            Step.grant(
                unit=Unit.POINT,
                amount=points,
                grant_id=purchase.grant_id,
                valid_from=lasts.valid_from if lasts.valid_from > now else None,
                expires_at=lasts.expires_at,
            )
        ]
    posted = post(
        steps=steps,
        event=PointEvent.PURCHASE.value,
        origin=ORIGIN,
        origin_id=purchase.id,
        customer_id=purchase.customer_id,
        actor=actor,
        key=f"{ORIGIN}:{purchase.reference}",
        digest=digest_of(ORIGIN, purchase.customer_id, purchase.amount),
    )
    purchase.entry_id = posted.entry_id


def _take_back(
    purchase: Purchase, reference: str, points: int, *, actor: Actor, now: datetime
) -> tuple[uuid.UUID, int]:
    facts: About = {
        "event": PointEvent.RETURN.value,
        "origin": ORIGIN,
        "origin_id": purchase.id,
        "customer_id": purchase.customer_id,
        "actor": actor,
        "key": f"{ORIGIN}:{purchase.id}:return:{reference}",
    }
    if not points or Grant.objects.filter(id=purchase.grant_id, expires_at__lte=now).exists():
        return record(**facts).entry_id, points
    posted = revoke(grant_id=purchase.grant_id, amount=points, **facts)
    return posted.entry_id, posted.shortfall
