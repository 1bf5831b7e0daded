"""API keys: made, found, revoked. All of it runs in the merchant's scope."""

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection

from tenancy import rows
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import NotFound
from tenancy.idempotency import LOOK, Looked, lock_of
from tenancy.models import ApiKey, Merchant
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id
from tenancy.scopes import KeyScope
from tenancy.tokens import hash_of

START = "pk_"
SHOWN = 4
USE_NOTED_EVERY = timedelta(minutes=1)
# Each call of a till begins with it.
FIND = f"""
SELECT {rows.columns(ApiKey, "k")}, {rows.columns(Merchant, "m")}
FROM tenancy_apikey AS k JOIN tenancy_merchant AS m ON m.id = k.merchant_id
WHERE k.merchant_id = %s AND k.key_hash = %s
"""  # noqa: S608 - names of the models' columns
# The same on the way to an act that is to be done once.
FIND_AND_LOOK = f"""
SELECT {rows.columns(ApiKey, "k")}, {rows.columns(Merchant, "m")}, {LOOK}
FROM tenancy_apikey AS k JOIN tenancy_merchant AS m ON m.id = k.merchant_id
    LEFT JOIN tenancy_idempotencyrecord AS r
    ON r.merchant_id = k.merchant_id AND r.principal = 'api_key:' || k.id AND r.key = %s::text
WHERE k.merchant_id = %s AND k.key_hash = %s
"""  # noqa: S608 - names of the models' columns
KEY_COLUMNS, MERCHANT_COLUMNS = len(ApiKey._meta.concrete_fields), len(Merchant._meta.concrete_fields)
# Whoever else notes it at this moment notes it for this call as well: no till waits for another one's call to end.
NOTE = """
UPDATE tenancy_apikey SET last_used_at = %(now)s WHERE merchant_id = %(merchant)s AND id = (
    SELECT id FROM tenancy_apikey WHERE merchant_id = %(merchant)s AND id = %(key)s FOR NO KEY UPDATE SKIP LOCKED)
"""


def create_key(
    *,
    merchant: Merchant,
    name: str,
    scopes: Sequence[KeyScope],
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a key, write the audit event, and return the row and the key itself, which is kept nowhere.

    The key begins with its merchant's public id, by which the middleware finds the merchant before it is checked.
    """
    text = f"{START}{merchant.public_id}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        name=name,
        prefix=text[: len(START) + len(merchant.public_id) + 1 + SHOWN],
        key_hash=hash_of(text),
        scopes=[str(scope) for scope in scopes],
        created_by_id=actor.id if actor.kind == "user" else None,
        expires_at=expires_at,
    )
    after = {"name": name, "prefix": key.prefix, "scopes": key.scopes, "expires_at": expires_at}
    audit(action="api_key.created", actor=actor, target=("api_key", key.pk), after=after)
    return key, text


def revoke_key(*, key_id: uuid.UUID, actor: Actor, now: datetime) -> ApiKey:
    """Make a key open nothing from now on and write the audit event; a revoked one stays as it is.

    Raises NotFound.
    """
    key = ApiKey.objects.select_for_update().filter(pk=key_id).first()
    if key is None:
        raise NotFound
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit(action="api_key.revoked", actor=actor, target=("api_key", key.pk), before={"prefix": key.prefix})
    return key


def use_key(*, text: str, now: datetime, operation: str = "") -> tuple[ApiKey | None, Looked | None]:
    """Return the key that this text is, with its merchant, or None where it is unknown, revoked or expired at `now`.

    Notes its use, at most once a minute. With the name of an `operation` also what there is of it already, for
    `answer_once` with the key's actor as principal; its lock is held then.
    """
    key_hash, lock = hash_of(text), lock_of(text, operation)
    statement, values = (FIND_AND_LOOK, [lock, operation]) if operation else (FIND, [])
    with prepared_cursor() as cursor:
        cursor.execute(statement, [*values, current_merchant_id(), key_hash])
        found = cursor.fetchone()
    if found is None:
        return None, None
    first, second = KEY_COLUMNS, KEY_COLUMNS + MERCHANT_COLUMNS
    key = rows.loaded(ApiKey, found[:first])
    key.merchant = rows.loaded(Merchant, found[first:second])
    if not key.is_usable(now):
        return None, None
    if key.last_used_at is None or now - key.last_used_at > USE_NOTED_EVERY:
        with connection.cursor() as cursor:
            cursor.execute(NOTE, {"merchant": key.merchant_id, "key": key.pk, "now": now})
    return key, Looked(lock, *found[second:]) if operation else None


def public_id_of(*, text: str) -> str:
    """Return the public id of the merchant that a key says it belongs to; nothing where it is no key of ours."""
    parts = text.split("_", 2)
    return parts[1] if len(parts) == 3 and text.startswith(START) else ""  # noqa: PLR2004 - prefix, merchant, secret
