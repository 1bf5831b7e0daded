"""The benchmarks by name. Each is a function of one module: it gets the stage and yields its lines.

A new one is a module in `config/bench/work/` and a line here.
"""

from collections.abc import Callable, Iterable

from config.bench.figures import Line
from config.bench.stage import Stage
from config.bench.work import (
    api_redeem,
    bulk,
    checks,
    exports,
    history,
    imports,
    ledger,
    lists,
    mails,
    pages,
    redemption,
    responses_grid,
    rewards_grid,
    sweep,
)

Bench = Callable[[Stage], Iterable[Line]]

BENCHES: dict[str, Bench] = {
    "claims list": lists.claims,
    "other lists": lists.others,
    "redeemed rewards": rewards_grid.measure,
    "offer responses": responses_grid.measure,
    "pages": pages.measure,
    "ledger": ledger.measure,
    "mails": mails.measure,
    "import": imports.measure,
    "history": history.measure,
    "bulk": bulk.measure,
    "redemption": redemption.measure,
    "api": api_redeem.measure,
    "exports": exports.measure,
    "sweep": sweep.measure,
    "check_ledger": checks.measure,
}
