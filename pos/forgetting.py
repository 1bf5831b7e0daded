"""Forgetting a person: what a till was answered about them is told no more, whoever asks again with the same key."""

import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from customers.models import Customer
from pos.errors import not_found
from tenancy.scope import current_merchant_id

# Only who enrols a member is answered with contact details, in the transaction that makes the member.
AROUND = timedelta(minutes=1)
BLANK = """
UPDATE tenancy_idempotencyrecord SET status = %(status)s, headers = %(headers)s, body = %(body)s
WHERE merchant_id = %(merchant)s AND created_at BETWEEN %(since)s AND %(until)s
    AND starts_with(principal, 'api_key:') AND position(%(customer)s::bytea IN body) > 0
"""


def forget(*, customer_id: uuid.UUID) -> int:
    """Put "not found" in the place of answers that tell who a member was; return how many there were.

    The records stay: a till that was offline and repeats itself enrols nobody again.
    """
    answer = not_found()
    enrolled_at = Customer.objects.values_list("created_at", flat=True).get(id=customer_id)
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "customer": str(customer_id).encode(),
        "since": enrolled_at - AROUND,
        "until": enrolled_at + AROUND,
        "status": HTTPStatus.NOT_FOUND,
        "headers": Jsonb({"Content-Type": answer["Content-Type"]}),
        "body": answer.content,
    }
    with connection.cursor() as cursor:
        cursor.execute(BLANK, values)
        return int(cursor.rowcount)
