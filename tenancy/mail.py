"""The few messages of this room: to people, before any of a merchant's own mail."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenancy.models import Invitation, Merchant
from tenancy.roles import Role


def send_invitation(*, merchant: Merchant, invitation: Invitation, link: str, inviter: str) -> None:
    """Send the link to the invited address. Goes out at once: call it after the commit, outside the transaction."""
    context = {
        "merchant": merchant,
        "role": Role(invitation.role).label,
        "link": link,
        "inviter": inviter,
        "expires_at": invitation.expires_at,
    }
    EmailMessage(
        subject=_("Join %(merchant)s on Claims Center") % {"merchant": merchant.name},
        body=render_to_string("tenancy/mail/invitation.txt", context),
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[invitation.email],
        reply_to=[merchant.reply_to] if merchant.reply_to else None,
    ).send()
