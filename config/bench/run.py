"""One run: volume, site, floor, then benchmark by benchmark."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.utils import timezone

from claims_center.models import Claim
from config.bench.benches import BENCHES
from config.bench.figures import Line, table
from config.bench.keep import keep, machine
from config.bench.servers import website
from config.bench.stage import LARGE, SMALL, Stage
from config.embedded.errors import CannotStart
from config.load.build import build
from config.load.finish import finish
from loyalty.models import RedeemedReward
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

Say = Callable[..., None]
FEW, CLAIMS_OF_ONE = 1000, 5


def run(options: argparse.Namespace, folder: Path, say: Say) -> Path:
    """Make the volume where it is missing, measure what is asked for, print the table; return the run's file."""
    volume(options.rows, FEW, say)
    before = machine()
    asked = [word.strip() for word in options.only.split(",") if word.strip()]
    chosen = {name: bench for name, bench in BENCHES.items() if not asked or any(word in name for word in asked)}
    lines: list[Line] = []
    with stage(options, folder) as ready:
        for name, bench in chosen.items():
            say(f"{name} ...")
            lines += bench(ready)
    say("", *table(lines), "", _facts(before))
    path = keep(folder, rows=options.rows, before=before, lines=lines)
    say(f"Kept in {path}")
    return path


def volume(rows: int, few: int, say: Say) -> None:
    """Fill `load-1` with so many claims and redeemed rewards, and `load-2` with few, unless they are filled.

    Raises CannotStart where they hold another number of claims, or fewer redeemed rewards: benchmarks redeem some more.
    """
    made = []
    for number, claims in ((1, rows), (2, few)):
        wanted = {"customers": max(claims // CLAIMS_OF_ONE, 1), "claims": claims, "redeemed": claims}
        made += build(numbers=range(number, number + 1), wanted=wanted, now=timezone.now(), say=say)
    if made:
        finish(merchants=made, say=say)
    for slug, claims in ((LARGE, rows), (SMALL, few)):
        with merchant_scope(Merchant.objects.get(slug=slug)):
            found, redeemed = Claim.objects.count(), RedeemedReward.objects.count()
        if found != claims or redeemed < claims:
            held = f"{slug} has {found} claims and {redeemed} redeemed rewards"
            raise CannotStart(f"{held}, and not {claims} of each: use another database.")


@contextmanager
def stage(options: argparse.Namespace, folder: Path) -> Iterator[Stage]:
    """Serve the site and the floor's pages for the time of the run."""
    folder.mkdir(parents=True, exist_ok=True)
    floor = {
        "FLOOR_OF": os.environ["DJANGO_SETTINGS_MODULE"],
        "DJANGO_SETTINGS_MODULE": "config.bench.floor_settings",
    }
    with ExitStack() as running:
        web = running.enter_context(website("config.wsgi:application", log=folder / "web.log"))
        bare = running.enter_context(website("config.wsgi:application", log=folder / "floor.log", env=floor))
        yield Stage(options.rows, FEW, options.times, options.size, web, bare, folder, options.most)


def _facts(before: dict[str, object]) -> str:
    said = {name.replace("_", " "): value for name, value in before.items()}
    return ", ".join(f"{name} {value}" for name, value in said.items())
