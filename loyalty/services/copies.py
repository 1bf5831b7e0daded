"""Keeping true what redeemed rewards copy of customer and reward, because their grid sorts and searches by it."""

from typing import Any

from django.db import connection

from customers.models import Customer
from loyalty import search
from loyalty.models import RedeemedReward, RedeemedToken, Reward
from tenancy.changes import TransactionId
from tenancy.scope import current_merchant_id
from tenancy.search import words_of, write_tokens

NAME_WORDS = """
INSERT INTO loyalty_redeemedtoken (merchant_id, id, row_id, token)
SELECT %(merchant)s, uuidv7(), r.id, word.token
FROM loyalty_redeemedreward AS r CROSS JOIN unnest(%(words)s::text[]) AS word (token)
WHERE r.merchant_id = %(merchant)s AND r.reward_id = %(reward)s
ON CONFLICT DO NOTHING
"""


def carry_name(*, reward: Reward) -> int:
    """Write a reward's new name onto what was redeemed of it, and the words of it for the search; return how many.

    Call it in the transaction of the change. Words of the name before stay: whoever redeemed it knows it by that.
    """
    rows = RedeemedReward.objects.filter(reward=reward)
    carried = int(rows.update(reward_name=reward.name, change_xid=TransactionId()))
    words = sorted(words_of(reward.name))
    values: dict[str, Any] = {"merchant": current_merchant_id(), "reward": reward.id, "words": words}
    with connection.cursor() as cursor:
        cursor.execute(NAME_WORDS, values)
    return carried


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
