"""One reward: what it is, what it costs, and the press that redeems it."""

import re
import uuid
from typing import Any

from django.http import Http404, HttpResponse

from cockpit.client import guard
from cockpit.client.balance import balance_of
from cockpit.client.cards import card_of
from cockpit.client.redeeming import redeem_once
from cockpit.client.views.base import ClientView
from loyalty.errors import Refused

CONFLICT = 409
COST = re.compile(r"^[0-9]{1,10}\Z")


class RewardView(ClientView):
    """GET asks with the price and what is left after it; POST redeems, once however often it is pressed."""

    def get(self, request: Any, reward_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self.page(reward_id)

    def post(self, request: Any, reward_id: uuid.UUID) -> HttpResponse:
        """Redeem, or say why not."""
        if not guard.may(guard.ACTS, self.customer.id):
            return self.too_many_of(guard.ACTS)
        cost, key = request.POST.get("cost", ""), request.POST.get("op_key", "")
        agreed: dict[str, Any] = {"agreed_cost": int(cost)} if COST.match(cost) else {}
        try:
            redeemed = redeem_once(reward_id=reward_id, customer=self.customer, key=key, now=self.now, **agreed)
        except Refused as refusal:
            return self.page(reward_id, refusal=refusal.sentence, status=CONFLICT)
        if redeemed is None:
            raise Http404
        return self.go("one", "redeemed", redeemed.id)

    def page(self, reward_id: uuid.UUID, *, refusal: str = "", status: int = 200) -> HttpResponse:
        """Draw the reward with the customer's points; one that is not shown any more is a sentence after a refusal."""
        card = card_of(reward_id=reward_id, customer_id=self.customer.id, slug=self.slug, at=self.now)
        if card is None and not refusal:
            raise Http404
        balance = balance_of(customer_id=self.customer.id, at=self.now)
        left = balance.active - card.reward.cost_in_points if card else 0
        context = {"card": card, "balance": balance, "left": left, "refusal": refusal, "op_key": uuid.uuid4()}
        return self.show("reward", context, status=status)
