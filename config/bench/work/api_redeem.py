"""Redeeming over the API, beside a Django view that makes one ledger function call and nothing else; and checking baskets."""

import json
import os
from collections.abc import Iterator, Sequence
from time import perf_counter

from config.bench.figures import Line, spread
from config.bench.servers import website
from config.bench.stage import Stage
from config.bench.work import api_senders
from config.bench.work.api_senders import Reply
from config.bench.work.api_till import TillStage, opened_till

GOAL, PARALLEL, ROUNDS, OPEN = 0.5, 16, 5, 100
REDEEM_MOST, CHECK_MOST = 50.0, 60.0
FLOOR = {"DJANGO_SETTINGS_MODULE": "config.bench.work.api_floor_settings"}


def measure(stage: Stage) -> Iterator[Line]:
    """Sixteen tills redeem at once, round by round in turns with the floor; then one till checks baskets."""
    till = opened_till(stage)
    floor = FLOOR | {"FLOOR_OF": os.environ["DJANGO_SETTINGS_MODULE"]}
    with website("config.wsgi:application", log=stage.folder / "api_floor.log", env=floor) as bare:
        yield _redeeming(stage, till, bare)
    yield _checking(stage, till)


def _redeeming(stage: Stage, till: TillStage, bare: str) -> Line:
    size = max(min(stage.size // 20, 500), PARALLEL)
    rates: tuple[list[float], list[float]] = ([], [])
    took: list[float] = []
    # The first round is for getting warm: connections are opened, statements are planned.
    for number in range(ROUNDS + 1):
        ours = [till.call(stage.web, f"responses/{one}/redeem") for one in till.issue(size)]
        theirs = [api_senders.request(bare, "/draw", body=json.dumps(one).encode()) for one in till.vouchers(len(ours))]
        for address, calls, rate in ((stage.web, ours, rates[0]), (bare, theirs, rates[1])):
            began = perf_counter()
            replies = _all_well(api_senders.send(address, calls, parallel=PARALLEL))
            if number:
                rate.append(len(calls) / (perf_counter() - began))
                took += [one.milliseconds for one in replies] if rate is rates[0] else []
    middle, late = spread(took)
    limits = (("p95", late, REDEEM_MOST),)
    values = [spread(one)[0] for one in rates]
    more = {"median_ms": middle, "p95_ms": late, "rates": rates}
    name = f"redeem by {PARALLEL} tills"
    return Line("api", name, values[0], "calls/s", values[1], GOAL, False, limits, more)  # noqa: FBT003 - as declared


def _checking(stage: Stage, till: TillStage) -> Line:
    member = till.newcomer()
    till.issue(OPEN, [member])
    basket = {"amount": "25.00", "currency": till.merchant.currency, "items": [{"sku": "A", "quantity": 1}]}
    calls = [till.call(stage.web, f"members/{member}/responses/check", basket) for _ in range(max(stage.times * 5, 20))]
    replies = _all_well(api_senders.send(stage.web, calls, parallel=1))
    middle, late = spread([one.milliseconds for one in replies])
    return Line("api", f"check of {OPEN} open responses", middle, "ms", limits=(("p95", late, CHECK_MOST),))


def _all_well(replies: Sequence[Reply]) -> Sequence[Reply]:
    """Return the answers; raise RuntimeError where one of them is a refusal: a figure of refusals says nothing."""
    wrong = next((one for one in replies if one.status != 200), None)  # noqa: PLR2004 - OK
    if wrong is not None:
        raise RuntimeError(f"Answered {wrong.status}: {wrong.body.decode()[:500]}")
    return replies
