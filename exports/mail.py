"""Telling the owner of an export that its schedule was stopped."""

from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from exports.models import Export, ExportRun
from messaging.errors import AddressInvalid, NoLongerValid
from messaging.models import Message
from messaging.render import Rendered, mail
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Membership, User
from tenancy.roles import Role

KIND = "export.stopped"
ORIGIN = "export"


def tell_stopped(*, export: Export, run: ExportRun, now: datetime) -> None:
    """Queue the mails that say it, in the transaction that stops the schedule; one a person for each run that did.

    Whoever it runs for hears of it as long as that person may start it again; else every owner of the merchant does.
    """
    for person in _who_may_go_on(export):
        with suppress(AddressInvalid):
            queue_message(
                kind="export.stopped",
                origin=ORIGIN,
                origin_id=export.id,
                customer_id=None,
                to_address=person.email,
                to_name=str(person),
                context={"error": run.error},
                actor=Actor.system(),
                now=now,
                once_key=f"{KIND}:{run.id}:{person.pk}",
            )


def stopped(message: Message) -> Rendered:
    """Write the mail. Raises NoLongerValid where the schedule goes on by now, or the export is archived."""
    export = Export.objects.filter(id=message.origin_id).first()
    if export is None or export.stopped_at is None or export.archived_at is not None:
        raise NoLongerValid("goes_on")
    merchant = message.merchant
    with override(merchant.language):
        context = {
            "export": export,
            "error": message.context.get("error", ""),
            "export_url": f"{settings.BASE_URL}{reverse('exports:export', args=[merchant.slug, export.id])}",
        }
        subject = _("The export “%(name)s” was stopped") % {"name": export.name}
        return mail("exports/mail/stopped", context, subject=subject, merchant=merchant)


def _who_may_go_on(export: Export) -> list[User]:
    members = Membership.objects.filter(merchant=export.merchant_id, user__is_active=True).select_related("user")
    mine = members.filter(user=export.owner_id, role__gte=Role.ADMIN)
    return [member.user for member in mine or members.filter(role=Role.OWNER).order_by("id")]
