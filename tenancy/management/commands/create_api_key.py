"""`manage.py create_api_key`: a key for a till or a shop system."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tenancy.selectors import merchant_by_slug
from tenancy.services.keys import create_key


class Command(BaseCommand):
    """Make the key and print it, once."""

    help = "Make an API key for a merchant and print it; it is kept nowhere."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--name", default="Command line")
        parser.add_argument(
            "--scope", action="append", choices=KeyScope.values, help="repeat for several; read and write"
        )
        parser.add_argument("--days", type=int, default=0, help="how long it opens anything; 0 for ever")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        merchant = merchant_by_slug(options["merchant"])
        if merchant is None:
            raise CommandError(f"There is no merchant {options['merchant']}.")
        now = timezone.now()
        scopes = [KeyScope(scope) for scope in options["scope"] or (KeyScope.READ, KeyScope.WRITE)]
        expires_at = now + timedelta(days=options["days"]) if options["days"] else None
        with merchant_scope(merchant):
            _key, text = create_key(
                merchant=merchant,
                name=options["name"],
                scopes=scopes,
                actor=Actor.system(),
                now=now,
                expires_at=expires_at,
            )
        self.stdout.write(text)
