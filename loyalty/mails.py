"""The words of this room's mails, written at the moment of sending, when everything is looked at once more."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from loyalty.models import RedeemedReward
from loyalty.states import DeliveryStatus
from messaging.errors import NoLongerValid
from messaging.models import Message
from messaging.render import Rendered, mail
from tenancy.models import Merchant


def reward_redeemed(message: Message) -> Rendered:
    """Write the mail that tells who ships gifts: the reward, the customer, the address.

    Raises NoLongerValid where the gift was marked as unused again, canceled, or shipped meanwhile.
    """
    redeemed: RedeemedReward = RedeemedReward.objects.get(id=message.origin_id)
    if str(redeemed.used_entry_id) != message.context.get("use"):
        raise NoLongerValid("use_taken_back")
    if redeemed.delivery_status != DeliveryStatus.ORDERED:
        raise NoLongerValid("not_ordered")
    merchant = Merchant.objects.get(id=redeemed.merchant_id)
    with override(merchant.language):
        subject = _("Reward Redeemed: %(reward)s") % {"reward": redeemed.reward_name}
    return mail("loyalty/mail/reward_redeemed", _context(redeemed, merchant), subject=subject, merchant=merchant)


def _context(redeemed: RedeemedReward, merchant: Merchant) -> dict[str, Any]:
    path = reverse("loyalty:redeemed_detail", args=[merchant.slug, redeemed.id])
    return {
        "redeemed": redeemed,
        "customer_name": f"{redeemed.customer_first_name} {redeemed.customer_last_name}".strip(),
        "address": address_lines(redeemed.ship_to or {}),
        "page_url": f"{settings.BASE_URL}{path}",
    }


def address_lines(address: dict[str, str]) -> list[str]:
    """Return an address as it is written on a parcel, without its empty lines."""
    name = f"{address.get('first_name', '')} {address.get('last_name', '')}"
    street = " ".join(filter(None, (address.get(part, "") for part in ("street", "house_number", "building_number"))))
    town = f"{address.get('postal_code', '')} {address.get('city', '')}"
    lines = (name, street, town, address.get("province", ""), address.get("country", ""))
    return [line.strip() for line in lines if line.strip()]
