"""One run: volume, site, floor, then benchmark by benchmark."""

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.utils import timezone

from config.bench.benches import BENCHES
from config.bench.figures import Line, table
from config.bench.keep import keep, machine
from config.bench.servers import website
from config.bench.stage import LARGE, SMALL, Stage
from config.embedded.errors import CannotStart
from config.load.build import build
from config.load.finish import finish
from config.load.rooms import ROOMS
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

Say = Callable[..., None]
FEW, ROWS_OF_ONE = 1000, 5


def run(options: argparse.Namespace, folder: Path, say: Say) -> Path:
    """Make the volume where it is missing, measure what is asked for, print the table; return the run's file."""
    wanted = _wanted(options.rows)
    if options.claims is not None:
        wanted["claims"] = options.claims
    volume(wanted, say, is_kept=options.volume is not None)
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


def volume(wanted: Mapping[str, int], say: Say, *, is_kept: bool) -> None:
    """Fill `load-1` with so many rows of each kind, and `load-2` with few, as far as they are not filled.

    Raises CannotStart where they hold fewer, or another number of claims: other benchmarks add to the rest. A volume
    that is kept is taken as it is.
    """
    both = ((LARGE, wanted), (SMALL, _wanted(FEW)))
    made = []
    for number, (slug, counts) in enumerate(both, 1):
        if not is_kept or not Merchant.objects.filter(slug=slug).exists():
            made += build(numbers=range(number, number + 1), wanted=counts, now=timezone.now(), say=say)
    if made:
        finish(merchants=made, say=say)
    for slug, counts in both:
        held = _held(slug)
        words = ", ".join(f"{count:,} {name}" for name, count in held.items())
        say(f"{slug} has {words}")
        if not is_kept and (held["claims"] != counts["claims"] or any(held[name] < counts[name] for name in held)):
            raise CannotStart(f"{slug} has {words}, and not what was asked for: use another database.")


def _wanted(rows: int) -> dict[str, int]:
    return dict.fromkeys(ROOMS, rows) | {"customers": max(rows // ROWS_OF_ONE, 1)}


def _held(slug: str) -> dict[str, int]:
    with merchant_scope(Merchant.objects.get(slug=slug)):
        return {name: room.rows.objects.count() for name, room in ROOMS.items()}


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
        yield Stage(options.rows, FEW, options.times, options.size, web, bare, folder, options.most, options.lots)


def _facts(before: dict[str, object]) -> str:
    said = {name.replace("_", " "): value for name, value in before.items()}
    return ", ".join(f"{name} {value}" for name, value in said.items())
