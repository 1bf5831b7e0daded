"""Keeping true what redeemed rewards copy of their customer, because their grid sorts and searches by it."""

from customers.models import Customer
from loyalty import search
from loyalty.models import RedeemedReward, RedeemedToken
from tenancy.changes import TransactionId
from tenancy.search import write_tokens


def carry_customer(*, customer: Customer) -> int:
    """Write a customer's changed name, e-mail and phone onto the redeemed rewards that copy them; return how many.

    Call it in the transaction of the change. Words for the search follow; nothing is written into the history.
    """
    values = {
        "customer_email": customer.email,
        "customer_phone": customer.phone,
        "customer_first_name": customer.first_name,
        "customer_last_name": customer.last_name,
    }
    rows = RedeemedReward.objects.filter(customer_id=customer.id)
    stale = list(rows.exclude(**values).order_by("id").only("merchant", "reward_name", "code_value"))
    rows.filter(id__in=[row.id for row in stale]).update(**values, change_xid=TransactionId())
    for row in stale:
        words = search.words_for(
            reward_name=row.reward_name,
            code=row.code_value,
            first_name=customer.first_name,
            last_name=customer.last_name,
            email=customer.email,
            phone_norm=customer.phone_norm,
        )
        write_tokens(RedeemedToken, row.id, words)
    return len(stale)
