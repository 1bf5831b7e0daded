"""Rewards: what there is, redeeming one, and what was redeemed."""

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any, ClassVar

from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from loyalty.models import RedeemedReward, Reward
from loyalty.rules import judge, visible_rewards
from loyalty.services.canceling import cancel
from loyalty.services.redeeming import redeem
from loyalty.services.using import mark_unused, mark_used
from loyalty.states import Source
from pos import answers, bodies, shapes
from pos.base import Call, Write, answer, uuid_of
from pos.pages import bad_page, page, page_size
from pos.told import PAGED, Told
from pos.views.members import member_of
from tenancy.scopes import KeyScope


class Rewards(Call):
    """The rewards that customers see now, the cheapest first; with `member_id`, whether that member can have them."""

    told: ClassVar[dict[str, Told]] = {
        "get": Told(shapes.listed(shapes.Reward), refusals={404: ("not_found",)}, params=("member_id", *PAGED))
    }

    def get(self, request: Request) -> HttpResponse:
        """Answer with one page of rewards."""
        at, size = timezone.now(), page_size(request)
        rows = list(_behind(request, at)[: size + 1])
        judged: dict[uuid.UUID, Any] = {}
        if "member_id" in request.query_params:
            customer = member_of(request.query_params["member_id"])
            judged = {one.reward.id: one for one in judge(rewards=rows, customer_id=customer.id, at=at)}
        return page(
            request,
            rows,
            size=size,
            draw=lambda one: answers.reward(one, judged.get(one.id)),
            token=lambda one: f"{one.cost_in_points}_{one.id}",
        )


def _behind(request: Request, at: datetime) -> Any:
    rows, after = visible_rewards(at=at), request.query_params.get("after")
    if not after:
        return rows
    try:
        cost, _line, last = after.partition("_")
        return rows.filter(Q(cost_in_points__gt=int(cost)) | Q(cost_in_points=int(cost), id__gt=uuid.UUID(last)))
    except ValueError as error:
        raise bad_page() from error


class Redeem(Write):
    """Redeem a reward for a member's points."""

    body = bodies.ForMember
    told: ClassVar[dict[str, Told]] = {
        "post": Told(
            shapes.RedeemedReward, 201, {409: ("not_enough_points", "sold_out", "limit_reached", "not_active")}
        )
    }

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Keep the reward's id for `act`."""
        self.reward_id = uuid_of(kwargs["reward_id"])
        return super().post(request, **kwargs)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Redeem it, or say why not."""
        now = timezone.now()
        found = redeem(
            reward_id=Reward.objects.get(id=self.reward_id).id,
            customer_id=data["member_id"],
            op_key=self.op_key,
            source=Source.API,
            actor=self.actor,
            now=now,
        )
        return HTTPStatus.CREATED, answers.redeemed_reward(found, at=now)


class Redeemed(Call):
    """One redeemed reward."""

    told: ClassVar[dict[str, Told]] = {"get": Told(shapes.RedeemedReward)}

    def get(self, request: Request, redeemed_id: str) -> HttpResponse:
        """Answer with it as it is now."""
        found = RedeemedReward.objects.get(id=uuid_of(redeemed_id))
        return answer(answers.redeemed_reward(found, at=timezone.now()))


class Change(Write):
    """An act on one redeemed reward."""

    body = bodies.WithReason

    def post(self, request: Request, **kwargs: Any) -> HttpResponse:
        """Keep the id for `act`."""
        self.redeemed_id = uuid_of(kwargs["redeemed_id"])
        return super().post(request, **kwargs)

    def act(self, data: dict[str, Any]) -> tuple[int, Any]:
        """Do it and answer with the redeemed reward as it is then."""
        now = timezone.now()
        found = self.change(reason=data["reason"], now=now)
        return HTTPStatus.OK, answers.redeemed_reward(found, at=now)

    def change(self, *, reason: str, now: datetime) -> RedeemedReward:
        """Do the act."""
        raise NotImplementedError


class Use(Change):
    """Mark as used."""

    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.RedeemedReward, 200, {409: ("not_active", "already_used"), 422: ("wrong_type",)})
    }

    def change(self, *, reason: str, now: datetime) -> RedeemedReward:
        """Use it, once."""
        return mark_used(redeemed_id=self.redeemed_id, actor=self.actor, now=now, reason=reason, is_strict=True)


class Unuse(Change):
    """Take the mark off again."""

    scope = KeyScope.REVERSE
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.RedeemedReward, 200, {409: ("not_active", "not_used", "shipped")})
    }

    def change(self, *, reason: str, now: datetime) -> RedeemedReward:
        """Take it back, once."""
        return mark_unused(redeemed_id=self.redeemed_id, actor=self.actor, now=now, reason=reason, is_strict=True)


class Cancel(Change):
    """Cancel, and give the points back."""

    scope = KeyScope.REVERSE
    told: ClassVar[dict[str, Told]] = {
        "post": Told(shapes.RedeemedReward, 200, {409: ("not_active", "already_used", "not_allowed")})
    }

    def change(self, *, reason: str, now: datetime) -> RedeemedReward:
        """Cancel it, once."""
        return cancel(
            redeemed_id=self.redeemed_id, refund=True, actor=self.actor, now=now, reason=reason, is_strict=True
        )
