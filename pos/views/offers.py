"""Offers: what a member can claim, and claiming one."""

from http import HTTPStatus
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from offers.models import Offer
from offers.selectors import for_customer
from offers.services.issuing import claim
from offers.states import Source
from pos import answers, bodies, shapes
from pos.base import Call, Write, answer, uuid_of
from pos.told import Told
from pos.views.members import member_of
from pos.views.responses import drawn


class Offers(Call):
    """What a member can claim or holds at this moment."""

    told: ClassVar[dict[str, Told]] = {
        "get": Told(
            shapes.listed(shapes.ClaimableOffer),
            refusals={404: ("not_found",)},
            params=("member_id",),
            needs=("member_id",),
        )
    }

    def get(self, request: Request) -> HttpResponse:
        """Answer with each offer, whether it can be claimed, and why not."""
        asked = request.query_params.get("member_id", "")
        if not asked:
            raise ValidationError({"member_id": ["Say for which member."]})
        found = for_customer(customer_id=member_of(asked).id, at=timezone.now())
        results = [
            answers.offer(one.offer) | {"claimable": one.claimable, "reason": one.code or None, "detail": one.reason}
            for one in found
        ]
        return answer({"results": results, "next": None})


class Claim(Write):
    """Claim an offer for a member."""

    body = bodies.ForMember
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.Response, 201, {409: ("response_limit_reached", "offer_not_open", "sold_out")})
    }

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Keep the offer's id for `act`."""
        self.offer_id = uuid_of(kwargs["offer_id"])
        return super().post(request, **kwargs)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Claim it, or say why not."""
        now = timezone.now()
        found = claim(
            offer_id=Offer.objects.get(id=self.offer_id).id,
            customer_id=data["member_id"],
            op_key=self.op_key,
            source=Source.POS,
            actor=self.actor,
            now=now,
        )
        return HTTPStatus.CREATED, drawn(found, at=now)
