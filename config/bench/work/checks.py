"""Proving a merchant's books, and reading the same rows once."""

import resource
from collections.abc import Iterator

from django.db import connection

from config.bench.figures import Line, spread, timed
from config.bench.stage import LARGE, Stage
from ledger.checks import run
from tenancy.scope import merchant_scope

READ = """
SELECT (SELECT count(*) FROM ledger.entries WHERE merchant_id = %(m)s AND note = ''),
    (SELECT sum(amount) FROM ledger.movements WHERE merchant_id = %(m)s),
    (SELECT sum(remaining) FROM ledger.grants WHERE merchant_id = %(m)s),
    (SELECT sum(balance) FROM ledger.accounts WHERE merchant_id = %(m)s),
    (SELECT count(*) FROM claims_center_claimchange WHERE merchant_id = %(m)s AND reason = ''),
    (SELECT count(*) FROM claims_center_claim WHERE merchant_id = %(m)s AND status_reason = '')
"""
ROUNDS = 5


def measure(stage: Stage) -> Iterator[Line]:
    """Check once (it takes minutes at full volume), read five times."""
    merchant = stage.merchant(LARGE)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reports = []
    took = timed(lambda: reports.append(run(merchant.id))) / 1000
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024

    def floor() -> None:
        with merchant_scope(merchant), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(READ, {"m": merchant.id})

    read = spread([timed(floor) for _ in range(ROUNDS)])[0] / 1000
    report = reports[0]
    limits = (("findings", float(len(report.findings)), 0.0), ("memory grown, MB", grown, 256.0))
    yield Line("check_ledger", "all books", took, "s", read, limits=limits, more={"counts": report.counts})
