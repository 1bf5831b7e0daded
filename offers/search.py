"""The words under which a response is found."""

import uuid
from collections.abc import Iterable, Mapping

from django.db import connection

from customers.models import Customer
from offers.models import OfferToken
from tenancy.ids import new_id
from tenancy.scope import current_merchant_id
from tenancy.search import words_of

INSERT = """
INSERT INTO offers_offertoken (merchant_id, id, row_id, token)
SELECT %s, word.id, %s, word.token FROM unnest(%s::uuid[], %s::text[]) AS word (id, token)
ON CONFLICT DO NOTHING
"""
INSERT_MANY = """
INSERT INTO offers_offertoken (merchant_id, id, row_id, token)
SELECT %s, word.id, word.row_id, word.token FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS word (id, row_id, token)
ON CONFLICT DO NOTHING
"""


def words_for(*, offer_name: str, code: str, customer: Customer) -> set[str]:
    """Return the words of a response: the offer's name, the code, who the member is."""
    return words_of(
        offer_name,
        code,
        customer.first_name,
        customer.last_name,
        customer.email,
        customer.phone_norm,
        customer.card_number,
    )


def add_words(*, response_id: uuid.UUID, words: Iterable[str]) -> None:
    """Write the words of a new response, by one statement."""
    tokens = sorted(words)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [current_merchant_id(), response_id, [new_id() for _ in tokens], tokens])


def add_words_of(*, words: Mapping[uuid.UUID, Iterable[str]]) -> None:
    """Write the words of new responses, by response, all by one statement."""
    pairs = [(response_id, token) for response_id, found in words.items() for token in sorted(found)]
    rows, tokens = [response_id for response_id, _ in pairs], [token for _, token in pairs]
    with connection.cursor() as cursor:
        cursor.execute(INSERT_MANY, [current_merchant_id(), [new_id() for _ in pairs], rows, tokens])


def forget_words(*, response_id: uuid.UUID) -> None:
    """Take all words away, so that new ones can be written."""
    OfferToken.objects.filter(row_id=response_id).delete()
