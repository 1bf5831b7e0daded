"""The customer's offers: what can be had, what is held and whether it can be used now, and why not where it cannot."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from cockpit.client.wallet import ICONS, Coupon, wallet_of
from customers.models import Customer
from offers import benefits
from offers.errors import Refused
from offers.models import Offer, OfferResponse
from offers.selectors import ClaimableOffer, for_customer
from offers.services.issuing import claim
from offers.services.using import clip
from offers.states import CLOSED, Source, Status
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.pictures import address_of
from tenancy.selectors import merchant_zone

KEY = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


class PressAgain(Refused):
    """The form came without its key."""

    code = "key_missing"
    text = _lazy("Something was missing from the form. Nothing was changed; press the button once more.")


@dataclass(frozen=True, slots=True)
class OfferCard:
    """One offer that the customer can have, or cannot: `why` is the sentence of a disabled button.

    `is_another`: the customer holds one already. `op_key` is the key of the card's form.
    """

    offer: Offer
    why: str
    benefit: str
    icon: str
    picture: str
    is_another: bool
    op_key: uuid.UUID = field(default_factory=uuid.uuid4)

    @property
    def tip(self) -> str:
        """Return the id of the sentence on the page."""
        return f"why-{self.offer.id.hex[-12:]}"


@dataclass(frozen=True, slots=True)
class Page:
    """What the customer holds, what can be had, and what is over, the latest first."""

    wallet: Sequence[Coupon]
    cards: Sequence[OfferCard]
    earlier: Sequence[Coupon]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show."""
        return not (self.wallet or self.cards or self.earlier)


def page_for(*, customer_id: uuid.UUID, slug: str, at: datetime) -> Page:
    """Return a customer's offers at an instant; what can be used soonest stands first in the wallet."""
    zone = merchant_zone()
    wallet, earlier = wallet_of(customer_id=customer_id, slug=slug, zone=zone, at=at)
    return Page(wallet, cards_for(customer_id=customer_id, slug=slug, zone=zone, at=at), earlier)


def cards_for(*, customer_id: uuid.UUID, slug: str, zone: tzinfo, at: datetime) -> list[OfferCard]:
    """Return the offers that a customer can have at an instant, new ones first, then those that are closed to them now.

    What the customer holds, and cannot have another of, stands in the wallet alone.
    """
    found = for_customer(customer_id=customer_id, at=at)
    cards = [_card(one, slug, at) for one in found if one.claimable or not _holds(one, at)]
    return sorted(cards, key=lambda card: (bool(card.why), card.is_another))


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


def _holds(one: ClaimableOffer, at: datetime) -> bool:
    return one.response is not None and status_of(one.response, at=at) not in CLOSED


def _card(one: ClaimableOffer, slug: str, at: datetime) -> OfferCard:
    why = "" if one.claimable else one.reason or _("This offer is not open at the moment.")
    return OfferCard(
        offer=one.offer,
        why=why,
        benefit=benefits.in_words(one.offer),
        icon=ICONS.get(one.offer.offer_type, "megaphone"),
        picture=address_of(slug, one.offer.image),
        is_another=_holds(one, at),
    )
