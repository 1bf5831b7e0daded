"""Keeping true what responses copy of their member, and forgetting it when the member is erased."""

import uuid

from customers.models import Customer
from offers.models import OfferChange, OfferResponse, OfferToken
from offers.search import words_for
from tenancy.changes import TransactionId
from tenancy.search import write_tokens


def carry_member(*, customer: Customer) -> int:
    """Write a member's changed name and address onto the responses that copy them, and return how many there were.

    Call it in the transaction of the change. Words for the search follow; nothing is sent or written into the history.
    """
    rows = OfferResponse.objects.filter(customer_id=customer.id)
    stale = list(rows.exclude(member_name=customer.name[:250], member_email=customer.email).order_by("id"))
    rows.filter(id__in=[row.id for row in stale]).update(
        member_name=customer.name[:250], member_email=customer.email, change_xid=TransactionId()
    )
    for row in stale:
        words = words_for(offer_name=row.offer_name, code=row.code_value, customer=customer)
        write_tokens(OfferToken, row.id, words)
    return len(stale)


def forget(*, customer_id: uuid.UUID) -> int:
    """Blank everything in this room that tells who a member was; return how many responses there were.

    Names, addresses, words, and what was written into the history by hand go; statuses, codes and entries stay.
    """
    rows = OfferResponse.objects.filter(customer_id=customer_id)
    OfferToken.objects.filter(row__customer_id=customer_id).delete()
    OfferChange.objects.filter(response__customer_id=customer_id).update(reason="", detail={})
    return rows.update(
        member_name="", member_email="", ship_to=None, tracking_number="", carrier="", change_xid=TransactionId()
    )
