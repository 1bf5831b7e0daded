"""Telling a merchant's owners that an endpoint was switched off by itself."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from messaging.errors import NoLongerValid
from messaging.members import tell_members
from messaging.models import Message
from messaging.render import Rendered, mail
from messaging.webhooks.models import WebhookEndpoint
from tenancy.models import Merchant
from tenancy.roles import Role

KIND = "webhooks.off"
ORIGIN = "webhook_endpoint"


def tell_owners(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Queue a mail to every owner of the merchant, in the transaction that switches the endpoint off; once each."""
    if endpoint.off_at is not None:
        about = endpoint.id
        tell_members(kind=KIND, origin=ORIGIN, origin_id=about, least=Role.OWNER, moment=endpoint.off_at, now=now)


def off(message: Message) -> Rendered:
    """Write the mail. Raises NoLongerValid where the endpoint is on again, or removed."""
    endpoint = WebhookEndpoint.objects.filter(id=message.origin_id, removed_at__isnull=True).first()
    if endpoint is None or endpoint.is_active:
        raise NoLongerValid("endpoint_on")
    merchant: Merchant = message.merchant
    with override(merchant.language):
        subject = _("The webhook endpoint “%(name)s” was switched off") % {"name": endpoint.name}
        url = f"{settings.BASE_URL}{reverse('messaging:endpoint', args=[merchant.slug, endpoint.id])}"
        context = {"endpoint": endpoint, "endpoint_url": url}
        return mail("messaging/mail/webhook_off", context, subject=subject, merchant=merchant)
