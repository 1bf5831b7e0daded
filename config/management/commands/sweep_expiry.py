"""Write down what is past its end, now, for one merchant or all: what the jobs of the clock do once a minute."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ledger.reports import sweep_preview
from ledger.services import expire_due
from ledger.units import Unit
from loyalty import coming, coupons
from offers.coming import responses
from offers.expiry import expire_due as expire_responses
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

BATCH = 2_000


def expire_points(*, now: datetime) -> tuple[int, int]:
    """Expire a batch of lots; return how many of these lots and how many points."""
    swept = expire_due(unit=Unit.POINT, actor=Actor.system(), now=now, limit=BATCH)
    return swept.grants, swept.amount


class Command(BaseCommand):
    """sweep_expiry [--merchant SLUG] [--dry-run]: points, coupons, offer responses, batch by batch in short transactions."""

    help = "Expire points, coupons and offer responses that are past their end (jobs do the same once a minute)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--merchant", metavar="SLUG", help="This merchant alone.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would expire, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep, and print one line for each merchant."""
        found = Merchant.objects.order_by("slug")
        if options["merchant"]:
            found = found.filter(slug=options["merchant"])
            if not found.exists():
                raise CommandError(f"There is no merchant “{options['merchant']}”.")
        for merchant in found:
            line = self._preview(merchant) if options["dry_run"] else self._sweep(merchant)
            self.stdout.write(f"{merchant.slug}: {line}")

    def _preview(self, merchant: Merchant) -> str:
        now = timezone.now()
        with merchant_scope(merchant):
            due = sweep_preview(unit=Unit.POINT, at=now)
            others = [ahead.words for ahead in (*coming.coupons(until=now), *responses(until=now))]
        points = f"{due.amount} points in {due.grants} lots of {due.customers} customers would expire"
        return "; ".join((points, *others))

    def _sweep(self, merchant: Merchant) -> str:
        lots = points = 0
        while True:
            with merchant_scope(merchant):
                grants, amount = expire_points(now=timezone.now())
            lots, points = lots + grants, points + amount
            if grants < BATCH:
                break
        # A response ends with an entry of its own while its voucher is still there, so before the vouchers.
        unused = _all_of(merchant, expire_responses, 1)
        ended = sum(
            _all_of(merchant, step, coupons.BATCH) for step in (coupons.expire_coupons, coupons.expire_vouchers)
        )
        return f"expired {points} points in {lots} lots, {ended} coupons and vouchers, {unused} offer responses"


def _all_of(merchant: Merchant, step: Callable[..., int], full: int) -> int:
    done = 0
    while True:
        with merchant_scope(merchant):
            rows = step(now=timezone.now())
        done += rows
        if rows < full:
            return done
