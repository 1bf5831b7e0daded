"""A client of the POS API: typed, without dependencies, and safe to use on a bad network.

    from claims_till import Refused, Till

    till = Till("https://claims.example", "pk_...")
    member = till.find_members(card_number="C-1")[0]
    bought = till.record_purchase(member["id"], reference="4711", amount="12.50", currency="USD")

Each write travels with an Idempotency-Key that stays the same through all its retries: it happens once, whatever the
network does.
"""

from claims_till.client import Till
from claims_till.errors import NoAnswer, Refused, TillError

__all__ = ["NoAnswer", "Refused", "Till", "TillError"]
