"""The sweep of expired lots, and one raw statement that writes the same rows; redemptions beside it, and without it."""

import itertools
import threading
from collections.abc import Iterator
from time import monotonic, perf_counter, sleep

from django.db import connections, transaction
from django.utils import timezone

from config.bench.figures import Line, spread, timed
from config.bench.stage import LARGE, Stage
from config.bench.work.shop import Shop, opened_shop
from config.load.fill import OWNER, Loader
from ledger.handlers import BATCH
from ledger.loading import load, open_accounts
from ledger.services import expire_due
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.scope import merchant_scope

GOAL, ROUNDS, MOST, QUIET = 0.4, 5, 2, 12
CODES = 12_000
LOTS = """
SELECT uuidv7() AS id, uuidv7() AS entry_id, c.id AS customer_id, 'POINT' AS unit, 25 AS amount, 25 AS remaining,
    NULL AS code, %(now)s - interval '30 days' AS earned_at, NULL::timestamptz AS valid_from,
    %(now)s - interval '1 hour' - c.n %% 86400 * interval '1 second' AS expires_at, c.turn
FROM (SELECT p.id, t.turn, row_number() OVER () AS n FROM (
        SELECT id FROM customers_customer WHERE merchant_id = %(merchant)s ORDER BY id LIMIT %(lots)s) AS p
    CROSS JOIN generate_series(1, %(turns)s) AS t (turn) LIMIT %(lots)s) AS c
"""
ACTS = """
SELECT entry_id, customer_id, 'points.imported' AS event, 'bench' AS origin, id AS origin_id, NULL::uuid AS subject_id,
    earned_at AS at, 'system' AS actor, 'bench:' || id AS key, NULL AS contents, NULL AS whole, NULL::uuid AS reverses,
    true AS in_ledger
FROM bench_lot
"""
MOVES = """
SELECT l.entry_id, 1 AS position, l.id AS grant_id, l.customer_id, l.unit, 'grant' AS verb, l.amount,
    coalesce(a.balance, 0) + sum(l.amount) OVER (PARTITION BY l.customer_id ORDER BY l.entry_id) AS held_after
FROM bench_lot AS l LEFT JOIN ledger.accounts AS a
    ON a.merchant_id = %(merchant)s AND a.customer_id = l.customer_id AND a.unit = 'POINT'
"""
HOLDERS = "SELECT customer_id, 'POINT' AS unit, sum(amount) AS balance FROM bench_lot GROUP BY customer_id"
# Everything at once, by whoever may write the tables.
RAW = """
WITH due AS MATERIALIZED (
    SELECT g.id, g.account_id, g.remaining, g.expires_at, a.customer_id, e.subject_id, uuidv7() AS entry_id,
        a.balance - sum(g.remaining) OVER (PARTITION BY g.account_id ORDER BY g.expires_at, g.id) AS held_after
    FROM ledger.grants g JOIN ledger.accounts a ON a.merchant_id = %(m)s AND a.id = g.account_id
    JOIN ledger.entries e ON e.merchant_id = %(m)s AND e.id = g.entry_id
    WHERE g.merchant_id = %(m)s AND g.unit = 'POINT' AND g.is_open AND g.expires_at <= now()),
emptied AS (UPDATE ledger.grants g SET remaining = 0 FROM due WHERE g.merchant_id = %(m)s AND g.id = due.id),
entered AS (INSERT INTO ledger.entries (merchant_id, id, customer_id, event, origin, origin_id, subject_id, occurred_at,
        recorded_at, actor, idempotency_key)
    SELECT %(m)s, entry_id, customer_id, 'grant.expired', 'grant', id, subject_id, expires_at, now(), 'system',
        id || ':expire' FROM due),
moved AS (INSERT INTO ledger.movements (merchant_id, id, entry_id, position, grant_id, unit, source_id, target_id,
        amount, held_after)
    SELECT %(m)s, uuidv7(), entry_id, 1, id, 'POINT', account_id, ledger.derived(%(m)s, 'EXPIRED:POINT'), remaining,
        held_after FROM due)
UPDATE ledger.accounts a SET balance = a.balance - d.gone
FROM (SELECT account_id, sum(remaining) AS gone FROM due GROUP BY account_id) AS d
WHERE a.merchant_id = %(m)s AND a.id = d.account_id
"""


def measure(stage: Stage) -> Iterator[Line]:
    """The raw statement, taken back, then the sweep with redemptions beside it: all lots in one pool, or five rounds.

    The same redeemers, with the same pauses, are timed in quiet first, for `QUIET` seconds in all.
    """
    rounds = 1 if stage.lots else ROUNDS
    count = stage.lots or max(stage.rows // rounds, 10)
    raw, ours = list[float](), list[float]()
    quiet, beside = list[float](), list[float]()
    # What a run that was broken off has left would be swept and not counted.
    _sweep(stage)
    with opened_shop(stage, codes=CODES) as shop:
        whose = itertools.cycle(shop.customers)
        for _ in range(rounds):
            _make_due(stage, count)
            raw.append(timed(lambda: _raw(stage)))
            with _redeemers(shop, whose, quiet):
                sleep(QUIET / rounds)
            with _redeemers(shop, whose, beside):
                ours.append(timed(lambda: _sweep(stage)))
    rates = [count * 1000 / spread(times)[0] for times in (ours, raw)]
    calm, busy = (spread(times)[1] for times in (quiet, beside or quiet))
    limits = (("p95 of redemptions beside it by that in quiet", busy / calm, float(MOST)),)
    more = {"redemptions_beside": len(beside), "p95_quiet": calm, "p95_beside": busy}
    yield Line(
        "sweep", f"{count} lots", rates[0], "lots/s", rates[1], GOAL, less_is_better=False, limits=limits, more=more
    )


def _make_due(stage: Stage, count: int) -> None:
    """Give lots that have ended already, by a statement a table."""
    merchant, now = stage.merchant(LARGE), timezone.now()
    with merchant_scope(merchant, using=OWNER):
        loader = Loader(merchant, {}, now, {}, print)
        loader.run("SET LOCAL statement_timeout = 0")
        customers = loader.value("SELECT count(*) FROM customers_customer WHERE merchant_id = %(merchant)s")
        loader.draft("bench_lot", LOTS, lots=count, turns=count // customers + 1)
        for name, query in (("bench_act", ACTS), ("bench_move", MOVES), ("bench_holder", HOLDERS)):
            loader.draft(name, query)
        open_accounts(using=OWNER, holders="bench_holder")
        load(using=OWNER, acts="bench_act", grants="bench_lot", movements="bench_move")
    with connections[OWNER].cursor() as cursor:
        cursor.execute("ANALYZE ledger.grants, ledger.accounts, ledger.entries")


def _raw(stage: Stage) -> None:
    merchant = stage.merchant(LARGE)
    with merchant_scope(merchant, using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL ROLE app_ledger")
        cursor.execute(RAW, {"m": merchant.id})
        transaction.set_rollback(True, using=OWNER)


def _sweep(stage: Stage) -> None:
    """Sweep as the job does: batch after batch, each in a transaction of its own.

    A batch steps around accounts that somebody redeems from at the moment, so that only an empty one is the end.
    """
    merchant, swept = stage.merchant(LARGE), BATCH
    until = monotonic() + 3600
    while swept and monotonic() < until:
        with merchant_scope(merchant):
            swept = expire_due(unit=Unit.POINT, actor=Actor.system(), now=timezone.now(), limit=BATCH).grants


class _redeemers:  # noqa: N801 - used like a function
    """Redeem on and on in a thread beside the block, and keep how long each took."""

    def __init__(self, shop: Shop, whose: Iterator[object], times: list[float]) -> None:
        self.shop, self.whose, self.times, self.over = shop, whose, times, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> None:
        self.thread.start()

    def __exit__(self, *_failure: object) -> None:
        self.over.set()
        self.thread.join()

    def _run(self) -> None:
        while not self.over.wait(0.02):
            began = perf_counter()
            self.shop.redeem(next(self.whose))  # type: ignore[arg-type]
            self.times.append((perf_counter() - began) * 1000)
        connections.close_all()
