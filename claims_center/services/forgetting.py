"""Forgetting a person: what claims know of somebody goes, what they count stays."""

import uuid
from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from claims_center.models import BulkRow, Claim, ClaimChange, ClaimNote, ClaimToken, Journey, Order, SignalDismissal
from claims_center.services.marks import mark
from claims_center.signals import forget_traits
from claims_center.signals.marking import around
from claims_center.states import Attention
from messaging.forgetting import forget as forget_messages
from messaging.forgetting import hold as hold_messages
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tenancy.secrets import encrypt
from tenancy.tokens import new_token

# Where a reason has to stand, and nobody knows any more which it was.
GONE = "—"
BLANK = ("order_number", "feedback", "carrier", "tracking_number", "verification_reason")
FIELDS = (
    *BLANK,
    "customer_name",
    "customer_email",
    "ship_to",
    "gift_address",
    "status_reason",
    "attention",
    "tracker_hash",
    "tracker_sealed",
)


def forget(*, customer_id: uuid.UUID) -> int:
    """Forget who a customer is, in everything that claims keep; return how many claims there were.

    1. Locks the mails to the customer's addresses, then the customer's claims and those that they give a signal to, all by
       id as everybody who locks several does; has the mails forgotten.
    2. Removes what they are compared and found by, notes, settled signals, drafts, what bulk acts kept for an undo, and
       the words of the history; blanks the buyer of the orders that they matched.
    3. Blanks names, addresses, feedback and what was typed; no tracker link leads to them any more.
    4. Takes marks off claims of others that only this customer gave a signal to.

    States, times, products, gifts and the order number as it is compared stay: figures stay true, and an order is not
    given a second gift. Twice is as once.
    """
    mine = Q(customer_id=customer_id)
    hold_messages(
        customer_id=customer_id, addresses=set(Claim.objects.filter(mine).values_list("customer_email", flat=True))
    )
    near = around(list(Claim.objects.filter(mine).values_list("id", flat=True)))
    held = Claim.objects.select_for_update(no_key=True).filter(mine | Q(id__in=near)).order_by("id")
    claims = [claim for claim in held if claim.customer_id == customer_id]
    ids = [claim.id for claim in claims]
    forget_messages(customer_id=customer_id, addresses={claim.customer_email for claim in claims})
    met = around(ids) - set(ids)
    forget_traits(customer_id=customer_id)
    _remove_beside(ids, claims)
    merchant = Merchant.objects.get(id=current_merchant_id())
    for claim in claims:
        _blank(claim, merchant)
        claim.save(update_fields=FIELDS)
    mark(claim_ids=[*ids, *met])
    return len(claims)


def _remove_beside(ids: Sequence[uuid.UUID], claims: Sequence[Claim]) -> None:
    ClaimToken.objects.filter(row_id__in=ids).delete()
    ClaimNote.objects.filter(claim_id__in=ids).delete()
    SignalDismissal.objects.filter(claim_id__in=ids).delete()
    ClaimChange.objects.filter(claim_id__in=ids).update(reason="", detail={})
    BulkRow.objects.filter(claim_id__in=ids).update(before=None, reason="")
    Journey.objects.filter(id__in=[claim.journey_id for claim in claims if claim.journey_id]).update(draft={})
    orders = [claim.matched_order_id for claim in claims if claim.matched_order_id]
    Order.objects.filter(id__in=orders).update(buyer_name="", buyer_email="", postal_code="")


def _blank(claim: Claim, merchant: Merchant) -> None:
    for name in BLANK:
        setattr(claim, name, "")
    claim.customer_name, claim.customer_email = _("Erased customer"), ""
    claim.ship_to, claim.gift_address = {}, None if claim.gift_address is None else {}
    claim.status_reason = GONE if claim.status_reason else ""
    claim.attention = Attention.NONE
    token, claim.tracker_hash = new_token(merchant)
    claim.tracker_sealed = encrypt(token)
