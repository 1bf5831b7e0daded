"""Keeping true what responses copy of their member, and forgetting it when the member is erased."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from customers.models import Customer
from offers.models import BulkRow, OfferChange, OfferResponse, OfferToken
from offers.search import words_for
from tenancy.changes import TransactionId
from tenancy.scope import current_merchant_id

# Rows are locked in one order, as by everybody who locks several.
CARRY = """
WITH stale AS (
    SELECT r.id, d.name, d.email FROM offers_offerresponse AS r
    JOIN unnest(%(ids)s::uuid[], %(names)s::text[], %(emails)s::text[]) AS d (customer_id, name, email)
        ON r.customer_id = d.customer_id
    WHERE r.merchant_id = %(merchant)s AND (r.member_name, r.member_email) <> (d.name, d.email)
    ORDER BY r.id FOR NO KEY UPDATE OF r)
UPDATE offers_offerresponse AS r SET member_name = stale.name, member_email = stale.email,
    change_xid = pg_current_xact_id()::text::bigint
FROM stale WHERE r.merchant_id = %(merchant)s AND r.id = stale.id
"""


def carry_member(*, customer: Customer) -> int:
    """Write a member's changed name and address onto the responses that copy them; see `carry_members`."""
    return carry_members(customers=[customer])


def carry_members(*, customers: Sequence[Customer]) -> int:
    """Write changed names and addresses of members onto the responses that copy them, and return how many there were.

    Call it in the transaction of the change. Words for the search follow, phone and card number among them; nothing is
    sent or written into the history. Four statements, however many members and responses there are.
    """
    by_id = {one.id: one for one in customers}
    names = [(one.id, one.name[:250], one.email) for one in sorted(customers, key=lambda one: one.id)]
    if not names:
        return 0
    with connection.cursor() as cursor:
        ids, told, emails = (list(column) for column in zip(*names, strict=True))
        values: dict[str, Any] = {"ids": ids, "names": told, "emails": emails, "merchant": current_merchant_id()}
        cursor.execute(CARRY, values)
        carried = int(cursor.rowcount)
    rows = OfferResponse.objects.filter(customer_id__in=list(by_id)).values_list(
        "id", "customer_id", "offer_name", "code_value"
    )
    wanted = {
        (row_id, word)
        for row_id, customer_id, offer_name, code in rows
        for word in words_for(offer_name=offer_name, code=code, customer=by_id[customer_id])
    }
    _write_words(list(by_id), wanted)
    return carried


def forget(*, customer_id: uuid.UUID) -> int:
    """Blank everything in this room that tells who a member was; return how many responses there were.

    Names, addresses, words, and what was written into the history by hand go; statuses, codes and entries stay.
    """
    rows = OfferResponse.objects.filter(customer_id=customer_id)
    OfferToken.objects.filter(row__customer_id=customer_id).delete()
    OfferChange.objects.filter(response__customer_id=customer_id).update(reason="", detail={})
    # What bulk acts kept for an undo may hold the address.
    BulkRow.objects.filter(response__customer_id=customer_id).update(before=None, reason="")
    return rows.update(
        member_name="", member_email="", ship_to=None, tracking_number="", carrier="", change_xid=TransactionId()
    )


def _write_words(customers: list[uuid.UUID], wanted: set[tuple[uuid.UUID, str]]) -> None:
    """Make these the words of the members' responses: take away what is not among them, add what is missing."""
    known = {
        (row_id, token): key
        for key, row_id, token in OfferToken.objects.filter(row__customer_id__in=customers).values_list(
            "id", "row_id", "token"
        )
    }
    gone = [key for pair, key in known.items() if pair not in wanted]
    if gone:
        OfferToken.objects.filter(id__in=gone).delete()
    missing = sorted(wanted - known.keys())
    OfferToken.objects.bulk_create([OfferToken.made_with(row_id=row_id, token=word) for row_id, word in missing])
