"""The words of the mails that lead to a file."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from exports.models import Destination, ExportRun
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered, mail


def ready(message: Message) -> Rendered:
    """Say that a file is there. Raises NoLongerValid where it is gone already."""
    run = ExportRun.objects.filter(id=message.origin_id).first()
    if run is None or not run.sha256:
        raise NoLongerValid("file_gone")
    facts: dict[str, Any] = message.context
    with override(message.merchant.language):
        subject = _("The export “%(name)s” is ready") % {"name": facts["title"]}
        context = {"run": run, **facts}
        return mail("exports/mail/ready", context, subject=subject, merchant=message.merchant)


def test(message: Message) -> Rendered:
    """Say that exports will be announced here. Raises NoLongerValid for a destination that is gone."""
    found = Destination.objects.filter(id=message.origin_id, archived_at__isnull=True).first()
    if found is None:
        raise NoLongerValid("destination_gone")
    with override(message.merchant.language):
        subject = _("Exports will be announced here")
        return mail("exports/mail/test", {"destination": found}, subject=subject, merchant=message.merchant)
