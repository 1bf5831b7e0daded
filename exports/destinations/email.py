"""E-mail with a link: people of the merchant hear that a file is there, and sign in to fetch it.

The file itself never travels by mail: it holds people's names and addresses.
"""

import uuid
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from django.utils.translation import gettext as _

from exports.destinations.contract import DeliveryRefused, Manifest, Progress, unheard
from messaging.errors import AddressInvalid
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.selectors import members_of

KIND = "export.ready"
TEST_KIND = "export.test"
RUN, DESTINATION = "export_run", "destination"


@dataclass(frozen=True, slots=True)
class EmailDelivery:
    """Mail to some of a merchant's members, named by their addresses."""

    merchant_id: uuid.UUID
    destination_id: uuid.UUID
    recipients: tuple[str, ...]

    def deliver(self, path: Path, *, name: str, manifest: Manifest, attempt: int, progress: Progress = unheard) -> str:
        """Queue one mail to each recipient who may still fetch exports; each is told once of a run, ever."""
        facts = {"name": name, "title": manifest.title or name, "rows": manifest.rows, "link": manifest.link}
        told = self._tell(KIND, RUN, manifest.run_id, facts, once=f"{KIND}:{manifest.run_id}")
        return _("Told by e-mail: %(addresses)s") % {"addresses": ", ".join(told)}

    def test(self) -> str:
        """Send each of them a mail that says so."""
        told = self._tell(TEST_KIND, DESTINATION, self.destination_id, {}, once=f"{TEST_KIND}:{uuid.uuid4()}")
        return _("A mail is on its way to %(addresses)s.") % {"addresses": ", ".join(told)}

    def _tell(self, kind: str, origin: str, origin_id: uuid.UUID, facts: dict[str, object], *, once: str) -> list[str]:
        told = []
        with merchant_scope(self.merchant_id):
            for user in present(self.merchant_id, self.recipients):
                try:
                    queue_message(
                        kind=kind,
                        origin=origin,
                        origin_id=origin_id,
                        customer_id=None,
                        to_address=user.email,
                        to_name=str(user),
                        context=facts,
                        actor=Actor.system(),
                        now=timezone.now(),
                        once_key=f"{once}:{user.pk}"[:120],
                    )
                except AddressInvalid:
                    continue
                told.append(user.email)
        if not told:
            raise DeliveryRefused(_("None of the recipients may fetch exports any more."), again=False)
        return told


def present(merchant_id: uuid.UUID, addresses: tuple[str, ...]) -> list[User]:
    """Return those of the addresses who are members now and may fetch exports."""
    members = members_of(Merchant(id=merchant_id)).filter(role__gte=Role.ADMIN, user__is_active=True)
    wanted = {address.casefold() for address in addresses}
    return [member.user for member in members if member.user.email.casefold() in wanted]
