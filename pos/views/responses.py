"""Responses of members: what can be used now, and everything that a till does with one."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from loyalty.errors import CurrencyMismatch
from offers.models import OfferResponse
from offers.selectors import responses_of
from offers.services import closing, using
from pos import answers, bodies, openings, shapes
from pos.base import Call, Write, answer, uuid_of
from pos.baskets import why_not_for
from pos.pages import MOST, Place, bad_page, page, page_size
from pos.told import PAGED, Told
from pos.views.members import member_of
from tenancy.scopes import KeyScope

NOT_USABLE = ("already_completed", "not_clipped", "outside_usage_period", "expired", "canceled")


def drawn(found: OfferResponse, *, at: datetime, token: str = "") -> answers.Plain:
    """Return a response as answers show it, in the merchant's zone, which is the request's."""
    return answers.response(found, at=at, zone=timezone.get_current_timezone(), token=token)


class MemberResponses(Call):
    """A member's responses, the latest first; with `usable=true` those that can be used now, which end soonest first."""

    told: ClassVar[dict[str, Told]] = {"get": Told(shapes.listed(shapes.Response), params=("usable", *PAGED))}

    def get(self, request: Request, member_id: str) -> HttpResponse:
        """Answer with one page of them."""
        customer, at, zone = member_of(member_id), timezone.now(), timezone.get_current_timezone()
        read = _usable if request.query_params.get("usable") == "true" else _latest
        rows, size, place = read(request, customer.id, at)
        return page(
            request,
            rows,
            size=size,
            draw=lambda one: answers.response(one, at=at, zone=zone),
            token=lambda one: place(one).token,
        )


Found = tuple[list[OfferResponse], int, Callable[[OfferResponse], Place]]


def _usable(request: Request, customer_id: uuid.UUID, at: datetime) -> Found:
    size, zone = page_size(request, usual=openings.FEW), timezone.get_current_timezone()
    behind = _behind(request)
    rows = openings.usable(customer_id=customer_id, at=at, zone=zone, limit=size + 1, behind=behind)
    return rows, size, openings.end_of


def _latest(request: Request, customer_id: uuid.UUID, at: datetime) -> Found:
    size, behind, rows = page_size(request), _behind(request), responses_of(customer_id=customer_id)
    if behind is not None:
        rows = rows.filter(Q(issued_at__lt=behind.at) | Q(issued_at=behind.at, id__lt=behind.id))
    return list(rows[: size + 1]), size, lambda one: Place(one.issued_at, one.id)


def _behind(request: Request) -> Place | None:
    after = request.query_params.get("after")
    try:
        return Place.parse(after) if after else None
    except ValueError as error:
        raise bad_page() from error


class Check(Call):
    """Which of a member's open responses fit a basket, and why the others do not. Changes nothing."""

    body = bodies.Basket
    told: ClassVar[dict[str, Told]] = {"post": Told(shapes.Checked, 200, {422: ("currency_mismatch",)})}

    def post(self, request: Any, member_id: str) -> HttpResponse:
        """Answer with both lists."""
        customer, at, zone = member_of(member_id), timezone.now(), timezone.get_current_timezone()
        given = bodies.Basket(data=request.data)
        given.is_valid(raise_exception=True)
        basket = given.validated_data
        if basket["currency"] != request.merchant.currency:
            raise CurrencyMismatch(currency=request.merchant.currency)
        usable, not_usable = [], []
        rows, more = openings.open_for(customer_id=customer.id, basket=basket, at=at, zone=zone)
        for one in rows:
            reason = why_not_for(one, basket, at=at)
            if reason is None:
                usable.append(answers.response(one, at=at, zone=zone))
            else:
                not_usable.append({"response_id": str(one.id), "code": reason.code, "detail": reason.detail})
        return answer({"usable": usable, "not_usable": not_usable, "more": more})


class Responses(Call):
    """The response that a certificate code belongs to."""

    told: ClassVar[dict[str, Told]] = {
        "get": Told(shapes.listed(shapes.Response), params=("certificate_code",), needs=("certificate_code",))
    }

    def get(self, request: Request) -> HttpResponse:
        """Answer with those that carry the code: one, unless the merchant gave a fixed code to many."""
        code = request.query_params.get("certificate_code", "").strip()
        if not code:
            raise ValidationError({"certificate_code": ["Ask by `certificate_code`."]})
        rows = OfferResponse.objects.filter(code_value=code).select_related("offer").order_by("-issued_at", "-id")
        at = timezone.now()
        return answer({"results": [drawn(one, at=at) for one in rows[:MOST]], "next": None})


class Response(Call):
    """One response."""

    told: ClassVar[dict[str, Told]] = {"get": Told(shapes.Response)}

    def get(self, request: Request, response_id: str) -> HttpResponse:
        """Answer with it as it is now."""
        found = OfferResponse.objects.select_related("offer").get(id=uuid_of(response_id))
        return answer(drawn(found, at=timezone.now()))


class Act(Write):
    """An act on one response."""

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Keep the id for `act`."""
        self.response_id = uuid_of(kwargs["response_id"])
        return super().post(request, **kwargs)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Do it and answer with the response as it is then."""
        now = timezone.now()
        found, token = self.do(data, {"response_id": self.response_id, "actor": self.actor, "now": now})
        return HTTPStatus.OK, drawn(found, at=now, token=token)

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Do the act; return the response, and the token of a reservation."""
        raise NotImplementedError


class Clip(Act):
    """Opt in."""

    body = bodies.Nothing
    told: ClassVar[dict[str, Told]] = {
        "post": Told(
            shapes.Response, 200, {409: ("already_completed", "canceled", "expired", "transition_not_allowed")}
        )
    }

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Clip it."""
        return using.clip(op_key=self.op_key, **facts), ""


class Reserve(Act):
    """Hold it for this till."""

    body = bodies.Reserve
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.Response, 200, {409: ("already_reserved", *NOT_USABLE, "transition_not_allowed")})
    }

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Reserve it."""
        return using.reserve(ttl=timedelta(seconds=data["ttl_seconds"]), **facts)


class Release(Act):
    """Let it go again."""

    body = bodies.Release
    told: ClassVar[dict[str, Told]] = {"post": Told(shapes.Response, 200, {409: ("reserved_by_another",)})}

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Release it."""
        return using.release(token=data["token"], op_key=self.op_key, **facts), ""


class Redeem(Act):
    """Use it in a purchase."""

    body = bodies.Complete
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.Response, 200, {409: ("reserved_by_another", *NOT_USABLE, "transition_not_allowed")})
    }

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Complete it."""
        return using.complete(op_key=self.op_key, **data, **facts), ""


class Reverse(Act):
    """Take its use back."""

    scope: ClassVar[KeyScope] = KeyScope.REVERSE
    body = bodies.Because
    told: ClassVar[dict[str, Told]] = {"post": Told(shapes.Response, 200, {409: ("not_completed",)})}

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Reverse it."""
        return closing.reverse(op_key=self.op_key, **data, **facts), ""


class Fulfil(Act):
    """A step of shipping, or its end."""

    scope: ClassVar[KeyScope] = KeyScope.FULFIL
    body = bodies.WithReason
    told: ClassVar[dict[str, Told]] = {"post": Told(shapes.Response, 200, {409: ("transition_not_allowed",)})}


class Processing(Fulfil):
    """It is to be shipped."""

    told: ClassVar[dict[str, Told]] = {
        "post": Told(
            shapes.Response,
            200,
            {409: ("transition_not_allowed", "not_clipped", "outside_usage_period", "reserved_by_another")},
        )
    }

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Take it into shipping."""
        return using.start_processing(op_key=self.op_key, **data, **facts), ""


class Shipping(Fulfil):
    """It is on its way."""

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Ship it."""
        return using.ship(op_key=self.op_key, **data, **facts), ""


class Cancel(Fulfil):
    """It can no longer be used."""

    def do(self, data: dict[str, Any], facts: dict[str, Any]) -> tuple[OfferResponse, str]:
        """Cancel it."""
        return closing.cancel(op_key=self.op_key, **data, **facts), ""
