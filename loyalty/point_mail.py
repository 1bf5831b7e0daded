"""The mail about points that end soon, written at the moment of sending, when everything is looked at again."""

import uuid
from dataclasses import replace
from datetime import date, datetime, timedelta, tzinfo

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import override

from customers.models import Customer
from loyalty.points import Expiring, summary
from loyalty.services.reminders import KIND, is_stopped
from messaging.errors import NoLongerValid
from messaging.kinds import Field, MailKind
from messaging.models import Message
from messaging.oneclick import one_click
from messaging.render import Rendered
from messaging.texts import written
from tenancy.models import Merchant
from tenancy.selectors import merchant_zone
from ui import locale

SALT = "loyalty.reminders.stop"
EXPIRING = MailKind(
    label=_lazy("Points that expire soon"),
    sent_when=_lazy("Some of a customer's points end soon, and reminders are switched on in the settings for points."),
    subject=_lazy("{points} of your points at {merchant} expire soon"),
    heading=_lazy("Use them while they last"),
    body=_lazy(
        "Hello {first_name},\n\nthese points of yours end soon:\n\n{list}\n\nAltogether you have {active} points."
    ),
    button=_lazy("See what you can get"),
    fields=(
        Field("first_name", _lazy("First name"), _lazy("Robin")),
        Field("points", _lazy("Points that end"), _lazy("250")),
        Field("list", _lazy("How many end on which day"), _lazy("250 points on 31 December 2026")),
        Field("active", _lazy("All points that can be spent"), _lazy("1,200")),
        Field("merchant", _lazy("Your business"), _lazy("Your business")),
    ),
    needed=("list",),
    switchable=False,
)


def expiring(message: Message) -> Rendered:
    """Write the reminder with what ends as things stand now, a way to the rewards and one to have no more of these.

    Raises NoLongerValid where all of it was spent meanwhile or has ended, where the customer has another address now,
    was erased, or wants no reminders.
    """
    customer = Customer.objects.filter(id=message.origin_id, erased_at__isnull=True).first()
    if customer is None or customer.email.strip() != message.to_address:
        raise NoLongerValid("address_changed", quiet=True)
    if is_stopped(customer_id=customer.id):
        raise NoLongerValid("reminders_refused", quiet=True)
    told = {datetime.fromisoformat(end) for end in message.context["ends"]}
    held = summary(customer_id=customer.id, at=timezone.now(), ends=10_000)
    ends = [one for one in held.expiring if one.expires_at in told]
    if not ends:
        raise NoLongerValid("points_gone", quiet=True)
    merchant = Merchant.objects.get(id=message.merchant_id)
    with override(merchant.language):
        values = _values(customer, merchant, ends, active=held.active)
        stop = (_("No more reminders of points"), stop_url(merchant, customer.id))
    button_url = f"{settings.BASE_URL}/c/{merchant.slug}/"
    letter = written(KIND, values, merchant=merchant, button_url=button_url, links=[stop])
    return replace(letter, headers=one_click(stop[1]))


def stop_url(merchant: Merchant, customer_id: uuid.UUID) -> str:
    """Return the address by which a customer has no more of these reminders; it holds for ever and for nothing else."""
    token = signing.Signer(salt=SALT, sep=".").sign(customer_id.hex)
    return f"{settings.BASE_URL}{reverse('cashback:stop_reminders', args=[merchant.public_id, token])}"


def customer_of(token: str) -> uuid.UUID | None:
    """Return whom such an address names, None for one that is not ours."""
    try:
        return uuid.UUID(signing.Signer(salt=SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _values(customer: Customer, merchant: Merchant, ends: list[Expiring], *, active: int) -> dict[str, str]:
    zone = merchant_zone()
    lines = [
        _("%(points)s points on %(day)s")
        % {"points": locale.number(one.points), "day": locale.day(_last_day(one.expires_at, zone), "long")}
        for one in ends
    ]
    return {
        "first_name": customer.first_name,
        "points": locale.number(sum(one.points for one in ends)),
        "list": "\n".join(lines),
        "active": locale.number(active),
        "merchant": merchant.name,
    }


def _last_day(end: datetime, zone: tzinfo) -> date:
    """Return the last day on which points can be spent: what ends at midnight is gone on the day that begins then."""
    return (end - timedelta(microseconds=1)).astimezone(zone).date()
