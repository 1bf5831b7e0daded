"""Counting what is taken of rewards with limits. The counter's own row is the lock."""

import uuid
from collections import Counter
from collections.abc import Iterable
from typing import Any

from loyalty.errors import LimitReached, SoldOut
from loyalty.models import Reward
from tenancy.ids import new_id
from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

TAKE = """
UPDATE loyalty_rewardstock SET taken = taken + 1
WHERE merchant_id = %(merchant)s AND reward_id = %(reward)s AND taken < %(limit)s RETURNING taken
"""
TAKE_FOR = """
INSERT INTO loyalty_rewardtaken AS known (merchant_id, id, reward_id, customer_id, taken)
VALUES (%(merchant)s, %(id)s, %(reward)s, %(customer)s, 1)
ON CONFLICT (merchant_id, reward_id, customer_id) DO UPDATE SET taken = known.taken + 1
WHERE known.taken < %(limit)s RETURNING taken
"""
GIVE_BACK = """
UPDATE loyalty_rewardstock SET taken = taken - 1 WHERE merchant_id = %(merchant)s AND reward_id = %(reward)s AND taken > 0
"""
GIVE_BACK_FOR = """
UPDATE loyalty_rewardtaken SET taken = taken - 1
WHERE merchant_id = %(merchant)s AND reward_id = %(reward)s AND customer_id = %(customer)s AND taken > 0
"""
# Held in the order of their ids: two cancelations in bulk never wait for each other crosswise.
GIVE_BACK_MANY = """
WITH held AS MATERIALIZED (
    SELECT t.id, given.n FROM loyalty_rewardstock AS t
    JOIN unnest(%(rewards)s::uuid[], %(numbers)s::int[]) AS given (reward, n) ON given.reward = t.reward_id
    WHERE t.merchant_id = %(merchant)s ORDER BY t.id FOR UPDATE OF t)
UPDATE loyalty_rewardstock AS t SET taken = greatest(t.taken - held.n, 0) FROM held
WHERE t.merchant_id = %(merchant)s AND t.id = held.id
"""
GIVE_BACK_FOR_MANY = """
WITH held AS MATERIALIZED (
    SELECT t.id, given.n FROM loyalty_rewardtaken AS t
    JOIN unnest(%(rewards)s::uuid[], %(customers)s::uuid[], %(numbers)s::int[]) AS given (reward, customer, n)
        ON given.reward = t.reward_id AND given.customer = t.customer_id
    WHERE t.merchant_id = %(merchant)s ORDER BY t.id FOR UPDATE OF t)
UPDATE loyalty_rewardtaken AS t SET taken = greatest(t.taken - held.n, 0) FROM held
WHERE t.merchant_id = %(merchant)s AND t.id = held.id
"""
# The same lock that a redemption takes of its reward, in the order of their ids.
HOLD = """
SELECT FROM loyalty_reward WHERE merchant_id = %(merchant)s AND id IN (
    SELECT reward_id FROM loyalty_redeemedreward WHERE merchant_id = %(merchant)s AND id = ANY (%(redeemed)s::uuid[]))
ORDER BY id FOR KEY SHARE
"""
# Taken are those that are not canceled. Run while the reward's row is locked against redemptions.
COUNT = """
INSERT INTO loyalty_rewardstock (merchant_id, id, reward_id, taken)
SELECT %(merchant)s, %(id)s, %(reward)s, count(*) FROM loyalty_redeemedreward
WHERE merchant_id = %(merchant)s AND reward_id = %(reward)s AND canceled_at IS NULL
ON CONFLICT (merchant_id, reward_id) DO UPDATE SET taken = excluded.taken
"""
# Who has canceled all of theirs is counted too: while there was no limit nobody wrote that down.
COUNT_EACH = """
INSERT INTO loyalty_rewardtaken (merchant_id, id, reward_id, customer_id, taken)
SELECT %(merchant)s, gen_random_uuid(), %(reward)s, customer_id, count(*) FILTER (WHERE canceled_at IS NULL)
FROM loyalty_redeemedreward WHERE merchant_id = %(merchant)s AND reward_id = %(reward)s GROUP BY customer_id
ON CONFLICT (merchant_id, reward_id, customer_id) DO UPDATE SET taken = excluded.taken
"""


def hold(*, redeemed_ids: Iterable[uuid.UUID]) -> None:
    """Hold the rewards of redeemed ones against changes of their limits: before those are locked to be canceled.

    A limit that is set at the same moment is counted with them or without, and they see whether there is one.
    """
    _run(HOLD, {"merchant": current_merchant_id(), "redeemed": list(redeemed_ids)})


def take(*, reward: Reward, customer_id: uuid.UUID) -> None:
    """Count one more as taken, where the reward has limits. Raises SoldOut and LimitReached; locks the counters."""
    values = _values(reward, customer_id)
    if reward.total_limit is not None and not _run(TAKE, values | {"limit": reward.total_limit}):
        raise SoldOut
    if reward.customer_limit is None:
        return
    if reward.customer_limit < 1 or not _run(TAKE_FOR, values | {"id": new_id(), "limit": reward.customer_limit}):
        raise LimitReached


def give_back(*, reward: Reward, customer_id: uuid.UUID) -> None:
    """Count one less as taken: it was canceled."""
    values = _values(reward, customer_id)
    if reward.total_limit is not None:
        _run(GIVE_BACK, values)
    if reward.customer_limit is not None:
        _run(GIVE_BACK_FOR, values)


def give_back_many(*, taken: Iterable[tuple[Reward, uuid.UUID]]) -> None:
    """Count one less as taken for each pair of reward and customer; locks the counters in the order of their ids."""
    pairs = list(taken)
    limited = Counter(reward.id for reward, _customer in pairs if reward.total_limit is not None)
    own = Counter((reward.id, customer) for reward, customer in pairs if reward.customer_limit is not None)
    values: dict[str, Any] = {"merchant": current_merchant_id()}
    if limited:
        _run(GIVE_BACK_MANY, values | {"rewards": list(limited), "numbers": list(limited.values())})
    if own:
        rewards, customers = zip(*own, strict=True)
        given = {"rewards": list(rewards), "customers": list(customers), "numbers": list(own.values())}
        _run(GIVE_BACK_FOR_MANY, values | given)


def count(*, reward: Reward) -> None:
    """Set the counters to what stands, for limits that are new. The caller holds the reward's row FOR UPDATE."""
    values = {"merchant": current_merchant_id(), "reward": reward.id}
    if reward.total_limit is not None:
        _run(COUNT, values | {"id": new_id()})
    if reward.customer_limit is not None:
        _run(COUNT_EACH, values)


def _values(reward: Reward, customer_id: uuid.UUID) -> dict[str, Any]:
    return {"merchant": current_merchant_id(), "reward": reward.id, "customer": customer_id}


def _run(statement: str, values: dict[str, Any]) -> int:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
