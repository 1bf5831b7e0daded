"""Bringing the stored labels of coupons up to date, and the vouchers of ended ones to their end. Bookkeeping only.

Whether a coupon can be used is judged by `loyalty.coupon` and by the ledger, whether or not this has run.
"""

from datetime import datetime

from django.db import connection

from ledger.services import expire_due
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.scope import current_merchant_id

# Rows that others are changing at this moment are left for the next call. An array is made once: a subquery that is
# joined may be run again and again, each time with another batch of rows to skip to.
ACTIVATE = """
UPDATE loyalty_redeemedreward SET coupon_status = 'active', change_xid = pg_current_xact_id()::text::bigint
WHERE merchant_id = %(merchant)s AND id = ANY (ARRAY(
    SELECT id FROM loyalty_redeemedreward
    WHERE merchant_id = %(merchant)s AND coupon_status = 'inactive' AND active_from <= %(now)s
      AND (expires_at IS NULL OR expires_at > %(now)s)
    ORDER BY active_from LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
"""
EXPIRE = """
UPDATE loyalty_redeemedreward SET coupon_status = 'expired', change_xid = pg_current_xact_id()::text::bigint
WHERE merchant_id = %(merchant)s AND id = ANY (ARRAY(
    SELECT id FROM loyalty_redeemedreward
    WHERE merchant_id = %(merchant)s AND coupon_status IN ('inactive', 'active') AND expires_at <= %(now)s
    ORDER BY expires_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED))
"""
BATCH = 2_000


def activate_due(*, now: datetime, limit: int = BATCH) -> int:
    """Label up to ``limit`` coupons Active whose time has come; return how many. ``now`` is UTC."""
    return _run(ACTIVATE, now, limit)


def expire_coupons(*, now: datetime, limit: int = BATCH) -> int:
    """Label up to ``limit`` coupons Expired whose end has passed; return how many."""
    return _run(EXPIRE, now, limit)


def bring_up_to_date(*, now: datetime, limit: int = BATCH) -> int:
    """Label up to ``limit`` coupons each way; return how many.

    Whoever looks for a status may call it first: where no label is behind, the rows are read from an index of labels.
    """
    return activate_due(now=now, limit=limit) + expire_coupons(now=now, limit=limit)


def expire_vouchers(*, now: datetime, limit: int = BATCH) -> int:
    """Let the vouchers of ended coupons expire in the ledger, up to ``limit``; return how many."""
    return expire_due(unit=Unit.VOUCHER, actor=Actor.system(), now=now, limit=limit).grants


def _run(statement: str, now: datetime, limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"merchant": current_merchant_id(), "now": now, "limit": limit})
        return int(cursor.rowcount)
