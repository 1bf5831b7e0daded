"""`manage.py check_ledger [--merchant SLUG] [--json]`: prove all merchants' books, or one's."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from ledger import checks
from ledger.findings import Report
from tenancy.models import Merchant


class Command(BaseCommand):
    """Check the books and exit with 1 on any finding."""

    help = "Checks that all balances, grants and movements add up. Exits with 1 if anything does not."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--merchant", metavar="SLUG", help="this merchant alone")
        parser.add_argument("--json", action="store_true", help="print the reports as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, keep each result, print, exit."""
        merchants = Merchant.objects.order_by("slug")
        if options["merchant"]:
            merchants = merchants.filter(slug=options["merchant"])
            if not merchants:
                raise CommandError(f"There is no merchant {options['merchant']}.")
        reports = {merchant.slug: checks.run_and_keep(merchant.id) for merchant in merchants}
        if options["json"]:
            self.stdout.write(json.dumps({slug: report.as_json() for slug, report in reports.items()}, indent=2))
        else:
            for slug, report in reports.items():
                self._print(slug, report)
        if not all(report.ok for report in reports.values()):
            raise SystemExit(1)

    def _print(self, slug: str, report: Report) -> None:
        counts = ", ".join(f"{number} {name}" for name, number in report.counts.items())
        self.stdout.write(f"{slug}: {'ok' if report.ok else f'{len(report.findings)} findings'} ({counts})")
        for finding in report.findings:
            ids = " ".join(f"{name}={value}" for name, value in finding.ids.items())
            self.stdout.write(f"  {finding.check}: {finding.detail} {ids}")
