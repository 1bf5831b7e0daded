"""A grocery chain's year brought in by the importers: members, purchases with their points, responses to offers.

The history is the folder in the environment variable HISTORY; without one, a made-up chain of the same size. What comes
out is held against figures that a plain CSV reader counts.
"""

import csv
import gzip
import os
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import perf_counter

from django.utils import timezone

from config.bench.figures import Line
from config.bench.stage import Stage
from config.history import figures, load
from config.history.files import SLICE, write
from ledger import checks
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import merchant_scope
from tenancy.services.merchants import create_merchant

# Of the chain, by the size of the run that is usual; so many seconds its purchases may take.
USUAL, PURCHASES, HOUSEHOLDS, SENT, USED = 10_000, 155_848, 2_469, 6_589, 2_102
MOST_SECONDS = 120.0
FIRST = datetime(2017, 1, 1, 8)  # noqa: DTZ001 - local times, as the chain's tills write them


def measure(stage: Stage) -> Iterator[Line]:
    """Bring the whole history into a merchant of its own, and prove its books."""
    folder = Path(os.environ.get("HISTORY") or _made_up(stage.folder / "history", stage.size))
    now, actor = timezone.now(), Actor.system()
    merchant = create_merchant(
        name="History",
        slug=f"history-{new_id().hex[-12:]}",
        actor=actor,
        time_zone="America/New_York",
        currency="USD",
        mfa_required=False,
    )
    with merchant_scope(merchant):
        load.set_rules(actor=actor, now=now)
        load.open_offers(folder, merchant=merchant, actor=actor)
    for name, importer, path in load.steps(write(folder, stage.folder, currency="USD", today=now.date())):
        began = perf_counter()
        done = importer.apply(path, merchant_id=merchant.id, actor=actor, now=now)
        took = perf_counter() - began
        limits = (("seconds", took, MOST_SECONDS),) if name == "purchases" else ()
        yield Line("history", f"{done.added} {name}", done.added / took, "rows/s", less_is_better=False, limits=limits)
    with merchant_scope(merchant):
        stored = load.stored()
    wrong = float(stored != figures.count(folder)) + len(checks.run(merchant.id).findings)
    yield Line("history", "points", stored.points, "points", limits=(("figures that differ, findings", wrong, 0.0),))


def _made_up(folder: Path, size: int) -> Path:
    """Write a made-up history of this size and return its folder; the same size is the same history."""
    folder.mkdir(parents=True, exist_ok=True)
    dice, share = random.Random(size), size / USUAL  # noqa: S311 - a history, not a secret
    homes = [str(number) for number in range(1, max(int(HOUSEHOLDS * share), 3) + 1)]
    first_days = _offers(folder)
    sent = [(dice.choice(list(first_days)), home) for home in homes for _ in range(4)]
    sent = list(dict.fromkeys(sent))[: max(int(SENT * share), 3)]
    with gzip.open(folder / "purchases.csv.gz", "wt", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("basket_id", "household_id", "at", "amount"))
        for number in range(max(int(PURCHASES * share), 9)):
            at = FIRST + timedelta(minutes=dice.randrange(365 * 24 * 60))
            amount = f"{dice.lognormvariate(3, 1):.2f}"
            lines.writerow((f"B-{number}", homes[number % len(homes)], at.isoformat(), amount))
    _write(folder / "assignments.csv", ("campaign_id", "household_id"), sent)
    coupons = [(home, f"C-{number}", campaign, first_days[campaign]) for number, (campaign, home) in enumerate(sent)]
    header = ("household_id", "coupon_upc", "campaign_id", "redemption_date")
    _write(folder / "redemptions.csv", header, coupons[: max(int(USED * share), 1)])
    return folder


def _offers(folder: Path) -> dict[str, str]:
    """Copy the slice's campaigns, and return the first day of each."""
    text = (SLICE / "offers.csv").read_text()
    (folder / "offers.csv").write_text(text)
    return {row["campaign_id"]: row["start_date"] for row in csv.DictReader(text.splitlines())}


def _write(path: Path, header: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(header)
        out.writerows(lines)
