"""What a redemption reads before, and what it writes when it stands: one statement each.

Every till and every customer's press goes through here, so statements are written out: putting a query together, and
each further round trip, cost more than the answers.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, models

from customers.models import Customer
from ledger.selectors import USABLE
from ledger.units import Unit
from loyalty.models import RedeemedChange, RedeemedReward, Reward
from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id
from triggers.models import TriggerState


def _columns(model: type[models.Model], alias: str) -> str:
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def _written(model: type[models.Model]) -> list[Any]:
    """Return the fields that are given: neither generated nor filled in by the database."""
    return [field for field in model._meta.concrete_fields if not (field.generated or field.has_db_default())]


# The reward is held against changes, not against other redemptions: the foreign key would take this lock anyway.
READ = f"""
SELECT {_columns(Reward, "r")}, {_columns(Customer, "c")},
    (SELECT id FROM loyalty_redeemedreward WHERE merchant_id = %(merchant)s AND op_key = %(op_key)s), ({USABLE}),
    EXISTS (SELECT FROM {TriggerState._meta.db_table} WHERE merchant_id = %(merchant)s)
FROM loyalty_reward AS r
LEFT JOIN customers_customer AS c
    ON c.merchant_id = %(merchant)s AND c.id = %(customer)s AND c.erased_at IS NULL
WHERE r.merchant_id = %(merchant)s AND r.id = %(reward)s FOR KEY SHARE OF r
"""  # noqa: S608 - names of the models' columns


def _insert() -> str:
    row, change = _written(RedeemedReward), _written(RedeemedChange)
    names = ", ".join(f'"{field.column}"' for field in row)
    values = ", ".join(
        f"({USABLE})::int" if field.column == "active_points_after" else f'one."{field.column}"' for field in row
    )
    noted = ", ".join(f'"{field.column}"' for field in change)
    return f"""
WITH made AS (
    INSERT INTO loyalty_redeemedreward ({names})
    SELECT {values} FROM json_populate_record(NULL::loyalty_redeemedreward, %(row)s) AS one
    RETURNING active_points_after),
noted AS (
    INSERT INTO loyalty_redeemedchange ({noted})
    SELECT {noted} FROM json_populate_record(NULL::loyalty_redeemedchange, %(change)s)),
found AS (
    INSERT INTO loyalty_redeemedtoken (merchant_id, id, row_id, token)
    SELECT %(merchant)s, word.id, %(redeemed)s, word.token FROM unnest(%(ids)s::uuid[], %(words)s::text[]) AS word (id, token))
SELECT active_points_after FROM made
"""  # noqa: S608 - as above


INSERT = _insert()


@dataclass(frozen=True, slots=True)
class Read:
    """What a redemption finds: the held reward, the customer if there is one, who used the key, the active points.

    `has_triggers`: the merchant has had triggers, so that it is worth asking which of them answer.
    """

    reward: Reward
    customer: Customer | None
    known_id: uuid.UUID | None
    active: int
    has_triggers: bool


def read(*, reward_id: uuid.UUID, customer_id: uuid.UUID, op_key: str, at: datetime) -> Read:
    """Hold the reward and read what its redemption needs, by one statement. Raises Reward.DoesNotExist."""
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "reward": reward_id,
        "customer": customer_id,
        "op_key": op_key,
        "unit": Unit.POINT.value,
        "at": at,
    }
    with prepared_cursor() as cursor:
        cursor.execute(READ, values)
        found = cursor.fetchone()
    if found is None:
        raise Reward.DoesNotExist
    size = len(Reward._meta.concrete_fields)
    *about, known_id, active, has_triggers = found[size:]
    customer = _loaded(Customer, about) if about[0] is not None else None
    return Read(_loaded(Reward, found[:size]), customer, known_id, int(active), has_triggers)


def write(*, redeemed: RedeemedReward, change: RedeemedChange, words: Iterable[str]) -> None:
    """Insert a redemption with its first history and its words, by one statement.

    Puts the customer's active points as they are by now onto the row. Raises IntegrityError.
    """
    tokens = sorted(words)
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "customer": redeemed.customer_id,
        "unit": Unit.POINT.value,
        "at": redeemed.redeemed_at,
        "row": _as_json(redeemed),
        "change": _as_json(change),
        "redeemed": redeemed.id,
        "ids": [new_id() for _ in tokens],
        "words": tokens,
    }
    with prepared_cursor() as cursor:
        cursor.execute(INSERT, values)
        (redeemed.active_points_after,) = cursor.fetchone()
    redeemed._state.adding = False


def _loaded(model: Any, values: Any) -> Any:
    fields = model._meta.concrete_fields
    # Neither model has a column that Django would turn into something else; a test holds that.
    return model.from_db(connection.alias, [field.attname for field in fields], values)


def _as_json(row: models.Model) -> str:
    return json.dumps({field.column: getattr(row, field.attname) for field in _written(type(row))}, default=str)
