"""An act in the ledger by its service, and the same function called by a bare loop of the database's driver."""

import os
from collections.abc import Iterator

import psycopg

from config.bench.figures import Line, side_by_side, spread
from config.bench.stage import LARGE, Stage
from customers.models import Customer
from ledger.acts import Step
from ledger.services import POST, post
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import merchant_scope

GOAL, ACTS_A_ROUND, ROUNDS = 0.5, 100, 7


def measure(stage: Stage) -> Iterator[Line]:
    """Give one voucher each: a hundred transactions a round, in turns."""
    with stage.scope() as merchant_id:
        customers = list(Customer.objects.values_list("id", flat=True)[:ACTS_A_ROUND])
    merchant, subject, origin = stage.merchant(LARGE), new_id(), new_id()

    def ours() -> None:
        for customer_id in customers:
            with merchant_scope(merchant):
                step = Step.grant(unit=Unit.VOUCHER, amount=1)
                post(
                    steps=[step],
                    event="points.imported",
                    origin="bench",
                    origin_id=origin,
                    subject_id=subject,
                    customer_id=customer_id,
                    actor=Actor.system(),
                    key=new_id().hex,
                )

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as bare:

        def floor() -> None:
            for customer_id in customers:
                with bare.transaction():
                    bare.execute(f"SET LOCAL app.merchant_id = '{merchant_id}'")
                    said = [customer_id, "points.imported", "bench", origin, subject, "system", new_id().hex, b"-", ""]
                    steps = [["grant"], ["VOUCHER"], [1], [new_id()], [None], [None], [None]]
                    bare.execute(POST, [merchant_id, new_id(), *said, None, *steps]).fetchone()

        times = side_by_side(ours, floor, times=ROUNDS)
    rates = [ACTS_A_ROUND * 1000 / spread(one)[0] for one in times]
    yield Line("ledger", "act, one client", rates[0], "acts/s", rates[1], GOAL, less_is_better=False)
