"""A database that cuts every connection: the web server goes on by itself."""

from typing import Any

from customers.models import Customer
from tenancy.models import Merchant
from tests.pos.wire import Wire
from tests.support.processes import WEB_NAME

THREADS = 8
CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = %s
"""


def test_lose_one_call_for_each_connection_at_most(
    live: str, merchant: Merchant, mara: Customer, superuser_connection: Any
) -> None:
    wire = Wire(live, merchant)
    for _ in range(THREADS):
        assert wire.get("members/{}", mara.id).status == 200
    (cut,) = superuser_connection.execute(CUT, [WEB_NAME]).fetchone()
    assert cut
    lost = sum(wire.get("members/{}", mara.id).status != 200 for _ in range(5 * THREADS))
    assert lost <= THREADS
    assert wire.get("members/{}", mara.id).status == 200
