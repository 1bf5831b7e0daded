"""Whose a row of a file is: the member with its card number or e-mail address."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tenancy.imports.values import BadValue
from tenancy.scope import current_merchant_id

# One array each: thousands of placeholders take longer to write than to answer.
CARDS = "SELECT card_number, id FROM customers_customer WHERE merchant_id = %s AND card_number = ANY (%s::text[])"
EMAILS = "SELECT email_norm, id FROM customers_customer WHERE merchant_id = %s AND email_norm = ANY (%s::text[])"


@dataclass(frozen=True, slots=True)
class Whose:
    """Members by card number, and by e-mail address as it is compared."""

    cards: dict[str, uuid.UUID]
    emails: dict[str, uuid.UUID]

    def customer_of(self, card_number: str, email: str) -> uuid.UUID:
        """Return whose row it is; raise BadValue for somebody unknown, and where card and address differ."""
        by_card, by_email = self.cards.get(card_number), self.emails.get(email)
        if card_number and by_card is None:
            raise BadValue(_("No customer has the card number “%(text)s”.") % {"text": card_number[:40]})
        if email and by_email is None:
            raise BadValue(_("No customer has the e-mail address of this row."))
        if by_card and by_email and by_card != by_email:
            raise BadValue(_("The card number is one customer's, the e-mail address another's."))
        found = by_card or by_email
        if found is None:
            raise BadValue(_("The row has neither a card number nor an e-mail address."))
        return found

    def everybody(self) -> list[uuid.UUID]:
        """Return all of them."""
        return list({*self.cards.values(), *self.emails.values()})


def whose(rows: Iterable[Any]) -> Whose:
    """Return the members of rows with `card_number` and `email`; two queries."""
    rows = list(rows)
    cards, emails = ({getattr(row, name) for row in rows} - {""} for name in ("card_number", "email"))
    return Whose(dict(asked(CARDS, cards)), dict(asked(EMAILS, emails)))


def asked(question: str, wanted: set[str]) -> Sequence[Any]:
    """Return the rows that a question of the merchant's finds for these texts; nothing is asked for nothing."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(question, [current_merchant_id(), list(wanted)])
        return list(cursor.fetchall())
