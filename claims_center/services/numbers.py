"""Holding order numbers, so that of two claims with the same one at the same moment one sees the other."""

from collections.abc import Iterable

from django.db import connection

from tenancy.ids import new_id
from tenancy.scope import current_merchant_id

HOLD = """
INSERT INTO claims_center_claimednumber AS n (merchant_id, id, marketplace, number_norm, turn)
VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (merchant_id, marketplace, number_norm) DO UPDATE SET turn = n.turn + 1
RETURNING turn
"""
Number = tuple[str, str]


def hold_numbers(*, numbers: Iterable[Number]) -> dict[Number, int]:
    """Hold pairs of marketplace and compared number until the transaction ends, in one order for everybody.

    Taken after the customer and before the claim. Empty numbers are left out. Returns a turn for each: whoever holds
    the number later gets a higher one.
    """
    merchant_id = current_merchant_id()
    wanted = sorted({(marketplace, number) for marketplace, number in numbers if number})
    turns: dict[Number, int] = {}
    with connection.cursor() as cursor:
        for marketplace, number in wanted:
            cursor.execute(HOLD, [merchant_id, new_id(), marketplace, number])
            turns[(marketplace, number)] = cursor.fetchone()[0]
    return turns
