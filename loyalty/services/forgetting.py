"""Forgetting a person: what redeemed rewards copy of somebody goes, what they count stays."""

import uuid

from loyalty.models import BulkRow, RedeemedChange, RedeemedReward, RedeemedToken
from tenancy.changes import TransactionId
from tenancy.search import words_of, write_tokens

BLANK = {
    "customer_email": "",
    "customer_phone": "",
    "customer_first_name": "",
    "customer_last_name": "",
    "ship_to": None,
    "carrier": "",
    "tracking_number": "",
}


def forget(*, customer_id: uuid.UUID) -> int:
    """Forget who a customer is in everything that was redeemed; return how many rewards there were.

    1. Locks the redeemed rewards by id.
    2. Leaves them to be found by reward and code alone, and empties the words of their history.
    3. Blanks the copies of name, e-mail, phone and mailing address, the parcel's number, which leads to one, and what
       bulk acts kept of them for an undo.

    Points, codes, states and times stay: the ledger keeps its numbers and loses the person.
    """
    rows = RedeemedReward.objects.select_for_update(no_key=True).filter(customer_id=customer_id).order_by("id")
    found = {row.id: words_of(row.reward_name, row.code_value) for row in rows}
    for redeemed_id, words in found.items():
        write_tokens(RedeemedToken, redeemed_id, words)
    RedeemedChange.objects.filter(redeemed_id__in=list(found)).update(reason="", detail={})
    BulkRow.objects.filter(redeemed_id__in=list(found)).update(before=None, reason="")
    RedeemedReward.objects.filter(id__in=list(found)).update(**BLANK, change_xid=TransactionId())
    return len(found)
