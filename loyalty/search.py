"""The words under which a redeemed reward is found."""

import uuid
from collections.abc import Iterable

from django.db import connection

from loyalty.models import RedeemedToken
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from tenancy.search import words_of

INSERT = """
INSERT INTO loyalty_redeemedtoken (merchant_id, id, row_id, token)
SELECT %s, word.id, %s, word.token FROM unnest(%s::uuid[], %s::text[]) AS word (id, token)
ON CONFLICT DO NOTHING
"""


def words_for(*, reward_name: str, code: str, first_name: str, last_name: str, email: str, phone_norm: str) -> set[str]:
    """Return the words of a redeemed reward: the reward's name, the code, who the customer is."""
    return words_of(reward_name, code, first_name, last_name, email, phone_norm)


def add_words(*, redeemed_id: uuid.UUID, words: Iterable[str]) -> None:
    """Write the words of a new redeemed reward, by one statement."""
    tokens = sorted(words)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [current_merchant_id(), redeemed_id, [new_id() for _ in tokens], tokens])


def forget_words(*, redeemed_id: uuid.UUID) -> None:
    """Take all words away, so that new ones can be written."""
    RedeemedToken.objects.filter(row_id=redeemed_id).delete()
