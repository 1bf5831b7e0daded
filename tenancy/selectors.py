"""Reads of merchants and their staff."""

import functools
import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import CharField, F, Func, QuerySet

from tenancy.actors import Actor
from tenancy.models import Invitation, Membership, Merchant, User
from tenancy.prepared import prepared_cursor
from tenancy.rows import columns, loaded
from tenancy.scope import current_merchant_id
from tenancy.tokens import hash_of

# How many merchants the switcher offers; whoever has more goes on to the chooser.
SWITCHER = 20
# All names are read once and looked into for each row: to look each person up would take ten times as long.
NAME_OF_ACTOR = """coalesce((SELECT jsonb_object_agg('user:' || id, lower(coalesce(nullif(name, ''), email)))
FROM tenancy_user) ->> %(expressions)s, '')"""


def memberships_of(user: User) -> QuerySet[Membership]:
    """Return the memberships of this person, each with its merchant, by the merchant's name."""
    return Membership.objects.filter(user=user).select_related("merchant").order_by("merchant__name", "id")


def memberships_at_door(user: User, slug: str, session_key: str | None) -> list[Any]:
    """Return this person's memberships, the one of the merchant with this slug first; empty where there is none such.

    One query tells all that the door must know: besides the membership whether the person has a second factor, and
    when this session began and was last seen (None for one that is not listed yet). The rest feeds the merchant
    switcher.
    """
    user_id = user.pk
    with prepared_cursor() as cursor:
        cursor.execute(_at_door(), [slug, user_id, session_key or "", session_key or "", user_id, SWITCHER + 1])
        rows = cursor.fetchall()
    found = [_at_hand(row) for row in rows]
    return found if found and found[0].is_asked else []


@functools.cache
def _at_door() -> str:
    # Written out: each request of the staff asks it, and putting it together from query sets costs more than its answer.
    return f"""
SELECT {columns(Membership, "one")}, {columns(Merchant, "shop")},
  shop.slug = %s AS is_asked,
  EXISTS (SELECT 1 FROM mfa_authenticator WHERE user_id = %s) AS second_factor,
  (SELECT last_seen_at FROM usersessions_usersession WHERE session_key = %s) AS last_seen_at,
  (SELECT created_at FROM usersessions_usersession WHERE session_key = %s) AS began_at
FROM tenancy_membership one JOIN tenancy_merchant shop ON shop.id = one.merchant_id
WHERE one.user_id = %s
ORDER BY is_asked DESC, shop.name, one.id
LIMIT %s
"""  # noqa: S608 - names of columns


def _at_hand(row: Sequence[Any]) -> Any:
    width = len(Membership._meta.concrete_fields)
    membership: Any = loaded(Membership, row[:width])
    membership.merchant = loaded(Merchant, row[width:-4])
    membership.is_asked, membership.second_factor, membership.last_seen_at, membership.began_at = row[-4:]
    return membership


def members_of(merchant: Merchant) -> QuerySet[Membership]:
    """Return everybody who works for this merchant, by name."""
    return Membership.objects.filter(merchant=merchant).select_related("user").order_by("user__name", "user__email")


def merchant_by_slug(slug: str) -> Merchant | None:
    """Return the merchant with this slug, or None."""
    return Merchant.objects.filter(slug=slug).first()


def merchant_by_public_id(public_id: str) -> Merchant | None:
    """Return the merchant that tokens beginning with this id belong to, or None."""
    return Merchant.objects.filter(public_id=public_id).first()


def user_by_email(email: str) -> User | None:
    """Return the person with this address, whatever its case, or None."""
    return User.objects.filter(email=email.strip().lower()).first()


def actor_names(actors: Any) -> dict[str, str]:
    """Return names for actors as they stand in ledger, history and audit; one query whatever their number."""
    ids: dict[uuid.UUID, str] = {}
    for text in set(actors):
        actor = Actor.parse(text)
        if actor.kind == "user" and actor.id:
            ids[actor.id] = text
    return {ids[user.pk]: str(user) for user in User.objects.filter(pk__in=ids)} if ids else {}


def name_of_actor(column: str) -> Func:
    """Return the name of an actor's column, in small letters, to sort a list by; "" for all that `actor_names` leaves out."""
    return Func(F(column), template=NAME_OF_ACTOR, output_field=CharField())


def member(merchant: Merchant, membership_id: uuid.UUID) -> Membership | None:
    """Return a member of this merchant by the membership's id, or None."""
    return members_of(merchant).filter(pk=membership_id).first()


def open_invitations() -> QuerySet[Invitation]:
    """Return the invitations of the merchant in scope that were neither accepted nor withdrawn, newest first."""
    found: QuerySet[Invitation] = Invitation.objects.filter(accepted_at=None, withdrawn_at=None)
    return found.order_by("-created_at", "-id")


def invitation_by_token(token: str) -> Invitation | None:
    """Return the invitation of the merchant in scope that this link is for, or None."""
    found: Invitation | None = Invitation.objects.filter(token_hash=hash_of(token)).first()
    return found


def merchant_zone() -> ZoneInfo:
    """Return the time zone of the merchant in scope: its days begin and end there."""
    name: str = Merchant.objects.values_list("time_zone", flat=True).get(id=current_merchant_id())
    return ZoneInfo(name)
