"""Something to redeem at a till: a key, an offer, members who hold responses to it, and vouchers for the floor."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.bench.stage import LARGE, Stage
from config.bench.work import api_senders
from customers.models import Customer
from customers.services import find_or_create
from ledger.acts import Act, Step
from ledger.services import post_many
from ledger.units import Unit
from offers.models import Offer
from offers.services.catalogue import create_offer, publish_offer
from offers.services.issuing import issue
from offers.states import OfferType, Source
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tenancy.services.keys import create_key

SYSTEM, AT_ONCE = Actor.system(), 500


@dataclass(slots=True)
class TillStage:
    """A merchant with an offer, some of its members, and a key for its tills."""

    merchant: Any
    key: str
    offer: Offer
    members: Sequence[uuid.UUID]

    def issue(self, count: int, members: Sequence[uuid.UUID] = ()) -> list[uuid.UUID]:
        """Give so many responses to the members in turn, and return their ids."""
        whose, found = members or self.members, []
        for first in range(0, count, AT_ONCE):
            with merchant_scope(self.merchant):
                found += [self._give(whose[n % len(whose)]) for n in range(first, min(first + AT_ONCE, count))]
        return found

    def newcomer(self) -> uuid.UUID:
        """Enrol a member who holds nothing yet, whatever was measured on this volume before; return the id."""
        with merchant_scope(self.merchant):
            return find_or_create(email=f"{new_id()}@till.example", now=timezone.now(), actor=SYSTEM).id

    def vouchers(self, count: int) -> list[dict[str, str]]:
        """Issue so many vouchers without anything around them; return what drawing each takes."""
        whose = [self.members[n % len(self.members)] for n in range(count)]
        facts = [{"grant": str(new_id()), "customer": str(one), "origin": str(new_id())} for one in whose]
        with merchant_scope(self.merchant):
            for first in range(0, count, 2000):
                post_many(acts=[_issued(one) for one in facts[first : first + 2000]], actor=SYSTEM)
        more = {"merchant": str(self.merchant.id), "subject": str(self.offer.id)}
        return [one | more | {"key": new_id().hex} for one in facts]

    def call(self, address: str, path: str, body: Any = None) -> bytes:
        """Return the bytes of a call of the API, with a key of its own."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency_Key": new_id().hex}
        return api_senders.request(address, f"/api/v1/{path}", body=json.dumps(body or {}).encode(), **headers)

    def _give(self, customer_id: uuid.UUID) -> uuid.UUID:
        who: dict[str, Any] = {"customer_id": customer_id, "actor": SYSTEM, "now": timezone.now()}
        return issue(offer_id=self.offer.id, op_key=new_id().hex, source=Source.STAFF, **who).id


def opened_till(stage: Stage) -> TillStage:
    """Make the offer and the key at the large merchant."""
    merchant, now = stage.merchant(LARGE), timezone.now()
    with merchant_scope(merchant):
        members = list(Customer.objects.order_by("id").values_list("id", flat=True)[:1000])
        made: dict[str, Any] = {
            "merchant": merchant,
            "name": "Measured",
            "scopes": tuple(KeyScope),
            "actor": SYSTEM,
            "now": now,
        }
        _key, text = create_key(**made)
        return TillStage(merchant, text, _offer(now, merchant.currency), members)


def _offer(now: datetime, currency: str) -> Offer:
    values: dict[str, Any] = {"name": f"Measured {now:%Y-%m-%d %H:%M:%S}", "offer_type": OfferType.PERCENT_OFF}
    values |= {"percent": Decimal(10), "currency": currency, "member_limit": None, "days_valid": 30}
    made = create_offer(values=values, actor=SYSTEM, now=now)
    return publish_offer(offer_id=made.id, actor=SYSTEM, now=now)


def _issued(facts: dict[str, str]) -> Act:
    steps = (Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=uuid.UUID(facts["grant"])),)
    told: dict[str, Any] = {"event": "offer.issued", "origin": "bench", "origin_id": uuid.UUID(facts["origin"])}
    return Act(customer_id=uuid.UUID(facts["customer"]), key=new_id().hex, steps=steps, **told)
