"""From a destination's row to its way out."""

from typing import Any

from django.utils.translation import gettext as _

from exports.destinations.contract import Delivery, DeliveryRefused
from exports.destinations.email import EmailDelivery
from exports.destinations.s3 import S3Access, S3Delivery
from exports.destinations.sftp import SftpDelivery
from exports.destinations.sftp_session import Access
from exports.models import Destination, DestinationKind

# What of a destination's settings each way needs; the rest is its secret.
SFTP = ("host", "port", "username", "folder", "host_key")
S3 = ("endpoint", "region", "bucket", "folder")


def open(destination: Destination) -> Delivery:  # noqa: A001 - read as destinations.open
    """Return the way out that a destination describes; connects to nothing yet.

    Raises DeliveryRefused for an archived one.
    """
    if destination.archived_at is not None:
        raise DeliveryRefused(_("The destination %(name)s is archived.") % {"name": destination.name}, again=False)
    known: dict[str, Any] = destination.settings
    secret: dict[str, Any] = destination.secret
    match destination.kind:
        case DestinationKind.SFTP:
            return SftpDelivery(Access(**{name: known[name] for name in SFTP}, **secret))
        case DestinationKind.S3:
            return S3Delivery(S3Access(**{name: known[name] for name in S3}, **secret))
        case _:
            return EmailDelivery(destination.merchant_id, destination.id, tuple(known["recipients"]))
