"""The customer's offers: what can be had, clipped or used now, and why not where it cannot."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cockpit.client import codeimage
from customers.models import Customer
from offers import badges, benefits
from offers.errors import Refused
from offers.models import Offer, OfferResponse
from offers.selectors import ClaimableOffer, for_customer
from offers.services.issuing import claim
from offers.services.using import clip
from offers.states import CLOSED, OfferType, Source, Status
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.pictures import address_of
from tenancy.selectors import merchant_zone

KEY = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
ICONS: dict[str, str] = {
    OfferType.PERCENT_OFF: "badge-percent",
    OfferType.AMOUNT_OFF: "ticket-percent",
    OfferType.BUY_X_GET_Y: "copy-plus",
    OfferType.FREE_ITEM: "gift",
    OfferType.GIFT_WITH_PURCHASE: "shopping-bag",
    OfferType.POINTS_MULTIPLIER: "coins",
}
TAKE, CLIP, USE, WAIT, NOTHING = "take", "clip", "use", "wait", ""


class PressAgain(Refused):
    """The form came without its key."""

    code = "key_missing"
    text = _lazy("Something was missing from the form. Nothing was changed; press the button once more.")


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One offer for one customer. `act` names what can be done: take, clip, use; `wait` while it is on its way.

    `why` is the sentence of a disabled button. `op_key` is the key of the card's form.
    """

    offer: Offer
    response: OfferResponse | None
    act: str
    why: str
    benefit: str
    icon: str
    picture: str
    badges: tuple[SafeString, ...]
    op_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def code(self) -> str:
        """Return the certificate's code while it can be shown at a till."""
        return self.response.code_value if self.act == USE and self.response else ""

    @property
    def qr(self) -> SafeString:
        """Return the code as a picture."""
        return codeimage.qr(self.code)

    @property
    def tip(self) -> str:
        """Return the id of the sentence on the page."""
        return f"why-{self.offer.id.hex[-12:]}"


def cards_for(*, customer_id: uuid.UUID, slug: str, at: datetime) -> list[OfferCard]:
    """Return what a customer can take, clip or use at an instant; what is held comes first."""
    zone = merchant_zone()
    return [_card(one, slug, zone, at) for one in for_customer(customer_id=customer_id, at=at)]


def take_offer(*, offer_id: uuid.UUID, customer: Customer, key: str, now: datetime) -> OfferResponse:
    """Let a customer have an offer by the ``key`` of the form: claims it, and clips it where it has to be clipped.

    Pressed many times it is one response. ``now`` is UTC. Raises offers.errors.Refused, Offer.DoesNotExist.
    """
    if not KEY.match(key):
        raise PressAgain
    actor = Actor.customer(customer.id)
    response = claim(
        offer_id=offer_id,
        customer_id=customer.id,
        op_key=f"client:{customer.id.hex}:{key}",
        source=Source.MEMBER,
        actor=actor,
        now=now,
    )
    if response.needs_clip and response.status == Status.PENDING:
        return clip(response_id=response.id, actor=actor, now=now)
    return response


def clip_offer(*, response_id: uuid.UUID, customer: Customer, now: datetime) -> OfferResponse:
    """Clip a response of the customer's; one that is clipped stays so.

    Raises offers.errors.Refused, and OfferResponse.DoesNotExist for anybody else's.
    """
    OfferResponse.objects.only("id").get(id=response_id, customer_id=customer.id)
    return clip(response_id=response_id, actor=Actor.customer(customer.id), now=now)


def _card(one: ClaimableOffer, slug: str, zone: tzinfo, at: datetime) -> OfferCard:
    held = one.response if one.response and status_of(one.response, at=at) not in CLOSED else None
    act = _act(held, at) if held else TAKE if one.claimable else NOTHING
    return OfferCard(
        offer=one.offer,
        response=held,
        act=act,
        why="" if act else one.reason or _("This offer is not open at the moment."),
        benefit=benefits.in_words(one.offer),
        icon=ICONS.get(one.offer.offer_type, "megaphone"),
        picture=address_of(slug, one.offer.image),
        badges=(_state(held, at), badges.usage(held, at=at, zone=zone)) if held else (),
    )


def _act(response: OfferResponse, at: datetime) -> str:
    status = status_of(response, at=at)
    if status in (Status.PROCESSING, Status.SHIPPING):
        return WAIT
    return CLIP if response.needs_clip and status == Status.PENDING else USE


def _state(response: OfferResponse, at: datetime) -> SafeString:
    return badges.status(status_of(response, at=at))
