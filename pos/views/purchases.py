"""Purchases: recorded, and returned."""

import uuid
from http import HTTPStatus
from typing import Any, ClassVar

from django.utils import timezone

from customers.models import Customer
from loyalty.models import Purchase
from loyalty.services.purchases import record_purchase, record_return
from offers.triggers import OFFERS
from pos import answers, bodies, shapes
from pos.base import Write
from pos.told import Told
from pos.views.responses import drawn


class Purchases(Write):
    """Record a purchase: it earns points, and may bring responses to offers."""

    body = bodies.NewPurchase
    told: ClassVar[dict[str, Told]] = {
        "post": Told(
            shapes.Purchase,
            201,
            {404: ("not_found",), 409: ("purchase_exists",), 422: ("currency_mismatch", "amount_too_large")},
        )
    }

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Record it; 409 where its reference is known."""
        now = timezone.now()
        purchase = record_purchase(
            customer_id=held_member(data["member_id"]),
            reference=data["reference"],
            amount=data["amount"],
            currency=data["currency"],
            occurred_at=data.get("occurred_at", now),
            actor=self.actor,
            now=now,
            is_strict=True,
        )
        issued = [drawn(given.row, at=now) for given in purchase.brought if given.target == OFFERS.name]
        return HTTPStatus.CREATED, answers.purchase(purchase, issued)


def held_member(member_id: uuid.UUID) -> uuid.UUID:
    """Lock a member against being erased meanwhile: points that came afterwards would be nobody's."""
    held = Customer.objects.select_for_update(no_key=True).only("merchant", "id")
    found: uuid.UUID = held.get(id=member_id, erased_at=None).id
    return found


class Returns(Write):
    """Take goods back, and their share of the points."""

    body = bodies.NewReturn
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.Return, 201, {409: ("purchase_exists",), 422: ("return_exceeds_purchase",)})
    }

    def post(self, request: Any, **kwargs: Any) -> Any:
        """Keep the purchase's reference for `act`."""
        self.reference = kwargs["reference"]
        return super().post(request, **kwargs)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Record the return."""
        purchase = Purchase.objects.get(reference=self.reference)
        found = record_return(
            purchase_id=purchase.id,
            reference=data["reference"],
            amount=data["amount"],
            actor=self.actor,
            now=timezone.now(),
        )
        return HTTPStatus.CREATED, {"points_returned": found.points_returned}
