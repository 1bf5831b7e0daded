"""`manage.py generate_load --merchants N --customers N --claims N`: synthetic volume to measure and to try with."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from config.load.build import build


class Command(BaseCommand):
    """Make the merchants `load-1`, `load-2`, ... that are not there yet."""

    help = (
        "Makes the merchants load-1, load-2, ... with so many customers and claims each, their orders, visits, codes, "
        "mails and ledger entries. A merchant that is there stays as it is. Needs DATABASE_OWNER_URL for ANALYZE."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--merchants", type=int, default=1, help="how many merchants (1)")
        parser.add_argument("--customers", type=int, default=100, help="customers of each (100)")
        parser.add_argument("--claims", type=int, default=100, help="claims of each (100)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make each in a transaction of its own, then give the planner its statistics."""
        merchants, customers, claims = options["merchants"], options["customers"], options["claims"]
        if merchants < 0 or claims < 0 or customers < min(claims, 1):
            raise CommandError("Numbers from nought up are needed, and a customer where there are claims.")
        for number in range(1, merchants + 1):
            began = time.monotonic()
            made = build(number=number, customers=customers, claims=claims, now=timezone.now())
            said = f"made in {time.monotonic() - began:.1f} s" if made else "was there"
            self.stdout.write(f"load-{number}: {said}")
        if "owner" in connections:
            with connections["owner"].cursor() as cursor:
                cursor.execute("ANALYZE")
