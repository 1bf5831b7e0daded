"""`manage.py rebuild_tallies [--merchant SLUG]`: count what the overview shows anew."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from claims_center.tallies import rebuild
from tenancy.models import Merchant


class Command(BaseCommand):
    """Count every merchant's claims and visits anew, or one's."""

    help = "Counts the figures of the overview anew from claims and visits. Nobody has to wait for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--merchant", metavar="SLUG", help="this merchant alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count merchant by merchant, each in a transaction of its own."""
        merchants = Merchant.objects.order_by("slug")
        if options["merchant"]:
            merchants = merchants.filter(slug=options["merchant"])
            if not merchants:
                raise CommandError(f"There is no merchant {options['merchant']}.")
        for merchant in merchants:
            began = time.monotonic()
            rebuild(merchant_id=merchant.id)
            self.stdout.write(f"{merchant.slug}: counted in {time.monotonic() - began:.1f} s")
