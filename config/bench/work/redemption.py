"""A reward redeemed by its service, and the same rows written by a bare loop of the database's driver."""

import itertools
import uuid
from collections.abc import Callable, Iterator

from config.bench.figures import Line, side_by_side, spread
from config.bench.stage import Stage
from config.bench.work.bare_redemption import bare_loop
from config.bench.work.shop import opened_shop

GOAL, ACTS_A_ROUND, ROUNDS = 0.5, 100, 7


def measure(stage: Stage) -> Iterator[Line]:
    """A hundred redemptions a round, in turns: each of another customer, and all of one."""
    with opened_shop(stage, codes=4 * (ROUNDS + 2) * ACTS_A_ROUND) as shop, bare_loop(shop) as bare:
        for name, customers in (
            (f"{len(shop.customers)} customers", shop.customers),
            ("one customer", shop.customers[:1]),
        ):
            whose = itertools.cycle(customers)
            times = side_by_side(
                lambda: _each(shop.redeem, whose),  # noqa: B023 - called at once
                lambda: _each(bare.redeem, whose),  # noqa: B023 - as above
                times=ROUNDS,
            )
            rates = [ACTS_A_ROUND * 1000 / spread(one)[0] for one in times]
            yield Line("redemption", name, rates[0], "acts/s", rates[1], GOAL, less_is_better=False)


def _each(redeem: Callable[[uuid.UUID], object], whose: Iterator[uuid.UUID]) -> None:
    for _ in range(ACTS_A_ROUND):
        redeem(next(whose))
