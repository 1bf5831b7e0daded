"""The mail with the link to sign in, written at the moment of sending."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cockpit.client.keys import token_of
from cockpit.client.links import KIND, LIFE
from cockpit.models import SignInLink
from messaging.errors import NoLongerValid
from messaging.kinds import Field, MailKind
from messaging.models import Message
from messaging.render import Rendered
from messaging.texts import written

MINUTES = str(int(LIFE.total_seconds() // 60))

SIGN_IN = MailKind(
    label=_("Link to sign in"),
    sent_when=_("When a customer asks for a link to sign in to the page with points and rewards."),
    subject=_("Your link to sign in at {merchant}"),
    heading=_("Sign in at {merchant}"),
    body=_(
        "Hello {first_name},\n\npress the button to see your points and rewards. The link works once, for {minutes} "
        "minutes.\n\nYou did not ask for it? Then leave it: nobody can sign in without this e-mail."
    ),
    button=_("Sign in"),
    fields=(
        Field("first_name", _("The customer's first name"), "Robin"),
        Field("minutes", _("How many minutes the link works"), MINUTES),
        Field("merchant", _("Your name"), _("Your shop")),
    ),
    switchable=False,
)


def sign_in(message: Message) -> Rendered:
    """Write the mail with the link.

    Raises NoLongerValid where the link was used, is over, or its customer is gone, and for any other address than the
    customer's own: whoever reads this mail is the customer.
    """
    link = SignInLink.objects.select_related("customer").filter(id=message.context["link"]).first()
    if link is None or link.customer is None or link.customer.erased_at is not None:
        raise NoLongerValid("link_gone", quiet=True)
    if link.used_at is not None or link.expires_at <= timezone.now():
        raise NoLongerValid("link_over", quiet=True)
    if link.customer.email.strip() != message.to_address:
        raise NoLongerValid("address_changed", quiet=True)
    merchant: Any = message.merchant
    path = reverse("client:link", args=[merchant.slug, token_of(link.id, merchant.public_id)])
    values = {"first_name": link.customer.first_name, "minutes": MINUTES, "merchant": merchant.name}
    return written(KIND, values, merchant=merchant, button_url=f"{settings.BASE_URL}{path}")
