"""A redemption by the barest means: the rows that the service writes, by a loop of the database's driver.

The loop knows everything beforehand and judges nothing. One round trip for each statement, the ledger's among them, over
the owner's connection, which may write its tables.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection, models
from django.utils import timezone
from psycopg.types.json import Jsonb

from codes.services import TAKE
from config.bench.work.shop import COST, Shop
from jobs.models import Job
from loyalty.models import CashbackPayment, RedeemedChange, RedeemedReward, RedeemedToken
from loyalty.services import cashback
from loyalty.services.base import ORIGIN
from tenancy.ids import new_id
from tenancy.scope import merchant_scope

WORDS = """
INSERT INTO loyalty_redeemedtoken (merchant_id, id, row_id, token)
SELECT %s, word.id, %s, word.token FROM unnest(%s::uuid[], %s::text[]) AS word (id, token)
"""
TAKE_CODE = TAKE.replace("RETURNING *", "RETURNING id, value")
OURS = "SELECT bucket || ':' || unit, id FROM ledger.accounts WHERE merchant_id = %s AND customer_id IS NULL"
HOLD = """SELECT unit, id, balance FROM ledger.accounts WHERE merchant_id = %s AND customer_id = %s ORDER BY id
FOR NO KEY UPDATE"""
ENTRY = """INSERT INTO ledger.entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at,
recorded_at, actor, idempotency_key, digest) VALUES (%s, %s, %s, 'reward.redeemed', %s, %s, %s, %s, %s, 'system', %s, '-')"""
LOTS = """SELECT id, remaining FROM ledger.grants WHERE merchant_id = %(m)s AND account_id = %(account)s AND is_open
AND usable_from <= %(now)s AND (expires_at IS NULL OR expires_at > %(now)s) ORDER BY expires_at, usable_from, id LIMIT 10"""
DRAW = "UPDATE ledger.grants SET remaining = remaining - %s WHERE merchant_id = %s AND id = %s"
MOVE = """INSERT INTO ledger.movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id, amount,
held_after) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"""
BALANCE = "UPDATE ledger.accounts SET balance = balance + %s WHERE merchant_id = %s AND id = %s"
VOUCHER = """INSERT INTO ledger.grants (merchant_id, id, account_id, entry_id, unit, amount, remaining, code, earned_at)
VALUES (%s, %s, %s, %s, 'VOUCHER', 1, 1, %s, %s)"""


@dataclass(slots=True)
class Bare:
    """The connection, what one redemption writes into each table, and the merchant's own accounts."""

    connection: psycopg.Connection[Any]
    shop: Shop
    template: dict[type[models.Model], dict[str, Any]]
    accounts: dict[str, uuid.UUID]

    def redeem(self, customer_id: uuid.UUID) -> None:
        """Write what one redemption writes, in a transaction of its own."""
        merchant_id, now, redeemed_id, run = self.shop.merchant.id, timezone.now(), new_id(), self.connection.execute
        with self.connection.transaction():
            run(f"SET LOCAL app.merchant_id = '{merchant_id}'")
            taken = {"merchant": merchant_id, "pool": self.shop.reward.pool_id, "origin": ORIGIN, "holder": redeemed_id}
            code_id, code = run(TAKE_CODE, taken | {"now": now}).fetchone()  # type: ignore[misc]
            op_key, entry_id, grant_id = new_id().hex, new_id(), new_id()
            self._post(customer_id, redeemed_id, entry_id, grant_id, code, op_key, now)
            own = {"id": redeemed_id, "customer_id": customer_id, "op_key": op_key, "entry_id": entry_id}
            own |= {
                "grant_id": grant_id,
                "code_id": code_id,
                "code_value": code,
                "redeemed_at": now,
                "active_from": now,
            }
            self._insert(RedeemedReward, own)
            self._insert(RedeemedChange, {"id": new_id(), "redeemed_id": redeemed_id, "entry_id": entry_id, "at": now})
            words = self.template[RedeemedToken]["tokens"]
            run(WORDS, [merchant_id, redeemed_id, [new_id() for _ in words], words])
            order = {"id": new_id(), "redeemed_id": redeemed_id, "order_id": f"CB{redeemed_id.hex}", "created_at": now}
            self._insert(CashbackPayment, order)
            work = {"id": new_id(), "dedupe_key": str(order["id"]), "payload": Jsonb({"payment": str(order["id"])})}
            self._insert(Job, work | {"created_at": now, "next_at": now})

    def _post(
        self,
        customer_id: uuid.UUID,
        redeemed_id: uuid.UUID,
        entry_id: uuid.UUID,
        grant_id: uuid.UUID,
        code: str,
        op_key: str,
        now: datetime,
    ) -> None:
        m, run, ours = self.shop.merchant.id, self.connection.execute, self.accounts
        held = {unit: (account, balance) for unit, account, balance in run(HOLD, [m, customer_id]).fetchall()}
        subject = self.shop.reward.id
        run(ENTRY, [m, entry_id, customer_id, ORIGIN, redeemed_id, subject, now, now, f"redeem:{op_key}"])
        (points, balance), need, position = held["POINT"], COST, 1
        for lot, remaining in run(LOTS, {"m": m, "account": points, "now": now}).fetchall():
            part = min(remaining, need)
            need, balance = need - part, balance - part
            run(DRAW, [part, m, lot])
            run(MOVE, [m, new_id(), entry_id, position, lot, "POINT", points, ours["REDEEMED:POINT"], part, balance])
            position += 1
            if not need:
                break
        run(BALANCE, [-COST, m, points])
        account, vouchers = held["VOUCHER"]
        run(BALANCE, [1, m, account])
        run(VOUCHER, [m, grant_id, account, entry_id, code, now])
        move = [m, new_id(), entry_id, position, grant_id, "VOUCHER", ours["ISSUED:VOUCHER"], account, 1, vouchers + 1]
        run(MOVE, move)

    def _insert(self, table: type[models.Model], own: dict[str, Any]) -> None:
        values = self.template[table] | own
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(["%s"] * len(values))
        statement = f"INSERT INTO {table._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608 - columns of our own
        self.connection.execute(statement, list(values.values()))


@contextmanager
def bare_loop(shop: Shop) -> Iterator[Bare]:
    """Redeem once by the service, remember the rows that it wrote, and open the connection."""
    template = _template(shop)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as opened:
        with opened.transaction():
            opened.execute(f"SET LOCAL app.merchant_id = '{shop.merchant.id}'")
            accounts: dict[str, uuid.UUID] = dict(opened.execute(OURS, [shop.merchant.id]).fetchall())
        yield Bare(opened, shop, template, accounts)


def _template(shop: Shop) -> dict[type[models.Model], dict[str, Any]]:
    redeemed = shop.redeem(shop.customers[0])
    with merchant_scope(shop.merchant):
        payment = CashbackPayment.objects.get(redeemed=redeemed)
        job = Job.objects.get(kind=cashback.KIND, dedupe_key=str(payment.id))
        change = RedeemedChange.objects.get(redeemed=redeemed)
        words = list(RedeemedToken.objects.filter(row=redeemed).values_list("token", flat=True))
        rows = (RedeemedReward.objects.get(id=redeemed.id), change, payment, job)
        return {type(row): _columns(row) for row in rows} | {RedeemedToken: {"tokens": words}}


def _columns(row: models.Model) -> dict[str, Any]:
    fields = [one for one in row._meta.concrete_fields if not (one.generated or one.has_db_default())]
    return {str(one.column): one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields}
