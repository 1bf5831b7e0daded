"""`manage.py create_merchant`: a merchant and its first owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.selectors import user_by_email
from tenancy.services.members import add_member, invite
from tenancy.services.merchants import create_merchant


class Command(BaseCommand):
    """Make the merchant; its owner joins by a link, or is there already."""

    help = "Make a merchant. Its owner joins by the printed link, unless the address has an account already."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("slug", help="the merchant's part of every address: small letters, digits, hyphens")
        parser.add_argument("--name", required=True)
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--locale", default="en_US")
        parser.add_argument("--currency", default="USD")
        parser.add_argument("--no-second-factor", action="store_true", help="do not ask members for one")
        parser.add_argument("--base-url", default="", help="put in front of the link")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command; nothing is made where anything is wrong."""
        try:
            with transaction.atomic():
                self._make(options)
        except ValidationError as error:
            words = "; ".join(f"{field}: {' '.join(found)}" for field, found in error.message_dict.items())
            raise CommandError(words) from error

    def _make(self, options: dict[str, Any]) -> None:
        merchant = create_merchant(
            name=options["name"],
            slug=options["slug"],
            time_zone=options["time_zone"],
            language=options["locale"].split("_")[0],
            locale=options["locale"],
            currency=options["currency"],
            mfa_required=not options["no_second_factor"],
            actor=Actor.system(),
        )
        self.stdout.write(f"Merchant {merchant.slug} ({merchant.public_id}) is made.")
        with merchant_scope(merchant):
            self._let_in(merchant, user_by_email(options["owner"]), options)

    def _let_in(self, merchant: Any, owner: User | None, options: dict[str, Any]) -> None:
        if owner is not None:
            add_member(merchant=merchant, user=owner, role=Role.OWNER, actor=Actor.system())
            self.stdout.write(f"{owner.email} is its owner.")
            return
        _invitation, token = invite(
            merchant=merchant, email=options["owner"], role=Role.OWNER, actor=Actor.system(), now=timezone.now()
        )
        self.stdout.write(
            f"Its owner joins here, within seven days: {options['base_url']}{reverse('join', args=[token])}"
        )
