"""After the rows: what the planner knows of them, and what is counted beside them."""

from collections.abc import Callable, Sequence

from django.db import connections

from claims_center import tallies
from config.load.fill import OWNER
from config.load.rooms import ROOMS, tables_of
from ledger.hours import fold
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


def finish(*, merchants: Sequence[Merchant], say: Callable[[str], None]) -> None:
    """Vacuum and analyse the tables that were filled, over the owner's connection; then count the merchants' tallies."""
    with connections[OWNER].cursor() as cursor:
        for table in tables_of(ROOMS):
            cursor.execute(f"VACUUM (ANALYZE) {table}")
        cursor.execute("ANALYZE")
    say("tables analysed")
    for merchant in merchants:
        tallies.rebuild(merchant_id=merchant.id)
        with merchant_scope(merchant):
            fold()
    say("sums and tallies counted")
