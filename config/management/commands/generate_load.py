"""`manage.py generate_load --merchants N --customers N --claims N --redeemed N --responses N`: synthetic volume to measure and to try with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from config.load.build import build
from config.load.fill import OWNER
from config.load.finish import finish
from config.load.rooms import ROOMS


class Command(BaseCommand):
    """Make the merchants `load-1`, `load-2`, ... and whatever of theirs is not there yet."""

    help = (
        "Makes the merchants load-1, load-2, ... with so many customers, claims, redeemed rewards and offer responses "
        "each, and all that belongs to them, ledger entries included: a million of each take minutes. Of a merchant "
        "that is there, what has rows stays as it is, and what has none is filled. Needs DATABASE_OWNER_URL; many "
        "rows are loaded under lock."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--merchants", type=int, default=1, help="how many merchants (1)")
        for name, room in ROOMS.items():
            parser.add_argument(f"--{name}", type=int, default=100, help=f"{room.about} (100)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them, bring what is counted beside them up to date, give the planner its statistics."""
        wanted = {name: options[name] for name in ROOMS}
        self._refuse(options)
        numbers = range(1, options["merchants"] + 1)
        made = build(numbers=numbers, wanted=wanted, now=timezone.now(), say=self._say)
        if made:
            finish(merchants=made, say=self._say)

    def _refuse(self, options: dict[str, Any]) -> None:
        numbers = [options[name] for name in ("merchants", *ROOMS)]
        if min(numbers) < 0 or options["customers"] < min(max(options[name] for name in ROOMS), 1):
            raise CommandError("Numbers from nought up are needed, and a customer where there is anything else.")
        if OWNER not in connections:
            raise CommandError("DATABASE_OWNER_URL is needed: whole tables are filled by their owner.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
