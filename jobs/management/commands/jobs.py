"""`manage.py jobs`: look at the work behind the scenes, try it again, run it here and now."""

import argparse
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from jobs import runner, services
from jobs.errors import NotPossible
from jobs.models import Job
from jobs.selectors import beat_age, dead_count, oldest_due_age
from jobs.states import State
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


class Command(BaseCommand):
    """list, retry, run-due, status."""

    help = "Shows jobs, tries dead ones again, or runs in this process what is due."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the sub-commands."""
        commands = parser.add_subparsers(dest="action", required=True)
        listing = commands.add_parser("list", help="a merchant's jobs, the newest first")
        listing.add_argument("--merchant", required=True, metavar="SLUG")
        listing.add_argument("--state", choices=State.values)
        listing.add_argument("--kind")
        listing.add_argument("--limit", type=int, default=50)
        retry = commands.add_parser("retry", help="make dead or cancelled jobs due again")
        retry.add_argument("--merchant", required=True, metavar="SLUG")
        retry.add_argument("job", nargs="*", type=uuid.UUID, help="none: every dead job of the merchant")
        run = commands.add_parser("run-due", help="run what is due of every merchant in this process")
        run.add_argument("--limit", type=int, default=1000)
        run.add_argument("--seconds", type=float, default=60.0)
        commands.add_parser("status", help="how old the last tick and the oldest due job are")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the sub-command."""
        action = options["action"].replace("-", "_")
        getattr(self, f"do_{action}")(**options)

    def do_list(self, *, merchant: str, state: str | None, kind: str | None, limit: int, **options: Any) -> None:
        """Print one line for each job."""
        wanted = {name: value for name, value in {"state": state, "kind": kind}.items() if value}
        with merchant_scope(_merchant(merchant)):
            for job in Job.objects.filter(**wanted).order_by("-created_at", "-id")[:limit]:
                line = f"{job.id} {job.kind:24} {job.state:10} {job.attempts}/{job.max_attempts} {job.last_error}"
                self.stdout.write(line.rstrip())

    def do_retry(self, *, merchant: str, job: list[uuid.UUID], **options: Any) -> None:
        """Make the named jobs, or every dead one, due again."""
        count = 0
        with merchant_scope(_merchant(merchant)):
            for job_id in job or list(Job.objects.filter(state=State.DEAD).values_list("id", flat=True)):
                try:
                    found = services.retry(job_id=job_id, actor=Actor.system(), now=timezone.now())
                except Job.DoesNotExist as error:
                    raise CommandError(f"There is no job {job_id} of this merchant.") from error
                except NotPossible:
                    self.stderr.write(f"{job_id}: a job of this kind is not retried by hand.")
                    continue
                count += found.state == State.DUE
        self.stdout.write(f"{count} due again")

    def do_run_due(self, *, limit: int, seconds: float, **options: Any) -> None:
        """Run what is due, as a worker would."""
        self.stdout.write(f"{runner.run_due(limit=limit, seconds=seconds)} run")

    def do_status(self, **options: Any) -> None:
        """Print what readiness looks at."""
        self.stdout.write(f"last tick: {beat_age() or 'never'} ago")
        self.stdout.write(f"oldest due job: {oldest_due_age()} overdue")
        self.stdout.write(f"dead jobs: {dead_count()}")


def _merchant(slug: str) -> Merchant:
    try:
        return Merchant.objects.get(slug=slug)
    except Merchant.DoesNotExist as error:
        raise CommandError(f"There is no merchant {slug}.") from error
