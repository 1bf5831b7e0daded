"""Writing the columns and the words of many claims by one statement each."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence

from django.db import IntegrityError, connection

from claims_center.models import Claim
from tenancy.scope import current_merchant_id

# A claim is addressed by its key; the planner takes it from there whatever it guesses of the JSON.
UPDATE = """
UPDATE claims_center_claim AS c SET {sets}, change_xid = pg_current_xact_id()::text::bigint
FROM json_populate_recordset(NULL::claims_center_claim, %s) AS v
WHERE c.merchant_id = %s AND c.id = v.id
"""
FORGET = """
DELETE FROM claims_center_claimtoken AS t USING unnest(%s::uuid[], %s::text[]) AS gone (row_id, token)
WHERE t.merchant_id = %s AND t.row_id = gone.row_id AND t.token = gone.token
"""
LEARN = """
INSERT INTO claims_center_claimtoken (merchant_id, id, row_id, token)
SELECT %s, uuidv7(), new.row_id, new.token FROM unnest(%s::uuid[], %s::text[]) AS new (row_id, token)
ON CONFLICT DO NOTHING
"""


def update_claims(claims: Sequence[Claim], columns: Iterable[str]) -> None:
    """Save these columns of locked claims; raise IntegrityError where one of the claims is not there."""
    names = sorted(set(columns))
    given = [{name: getattr(claim, name) for name in ("id", *names)} for claim in claims]
    sets = ", ".join(f'"{name}" = v."{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(UPDATE.format(sets=sets), [json.dumps(given, default=str), current_merchant_id()])
        if cursor.rowcount != len(claims):
            raise IntegrityError(f"{len(claims) - cursor.rowcount} claims were not there")


def change_words(*, gone: Mapping[uuid.UUID, set[str]], new: Mapping[uuid.UUID, set[str]]) -> None:
    """Let claims be found by new words and no longer by those that are gone."""
    lost = [(claim_id, word) for claim_id, words in gone.items() for word in words]
    if lost:
        with connection.cursor() as cursor:
            cursor.execute(FORGET, [*map(list, zip(*lost, strict=True)), current_merchant_id()])
    found = [(claim_id, word) for claim_id, words in new.items() for word in words]
    if found:
        with connection.cursor() as cursor:
            cursor.execute(LEARN, [current_merchant_id(), *map(list, zip(*found, strict=True))])
