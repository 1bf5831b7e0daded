"""Reads of merchants and their staff."""

import uuid
from typing import Any

from django.db.models import QuerySet

from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the memberships of this person, each with its merchant, by the merchant's name."""
    return Membership.objects.filter(user=user).select_related("merchant").order_by("merchant__name", "id")


def membership(user: User, slug: str) -> Membership | None:
    """Return this person's membership of the merchant with this slug, or None."""
    return memberships_of(user).filter(merchant__slug=slug).first()


def members_of(merchant: Merchant) -> QuerySet[Membership]:
    """Return everybody who works for this merchant, by name."""
    return Membership.objects.filter(merchant=merchant).select_related("user").order_by("user__name", "user__email")


def merchant_by_slug(slug: str) -> Merchant | None:
    """Return the merchant with this slug, or None."""
    return Merchant.objects.filter(slug=slug).first()


def merchant_by_public_id(public_id: str) -> Merchant | None:
    """Return the merchant that tokens beginning with this id belong to, or None."""
    return Merchant.objects.filter(public_id=public_id).first()


def actor_names(actors: Any) -> dict[str, str]:
    """Return names for actors as they stand in ledger, history and audit; one query whatever their number."""
    ids: dict[uuid.UUID, str] = {}
    for text in set(actors):
        actor = Actor.parse(text)
        if actor.kind == "user" and actor.id:
            ids[actor.id] = text
    return {ids[user.pk]: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}
