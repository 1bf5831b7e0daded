"""Members of a merchant: invited, joined, promoted, removed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tenancy.actors import Actor
from tenancy.errors import AlreadyMember, InvitationOver, LastOwner, NotFound, OtherPerson
from tenancy.models import AuditEvent, Invitation, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services import members
from tenancy.tokens import hash_of

MakeUser = Callable[..., User]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SYSTEM = Actor.system()


def invite(merchant: Merchant, email: str = "New@Example.com", role: Role = Role.AGENT) -> tuple[Invitation, str]:
    return members.invite(merchant=merchant, email=email, role=role, actor=SYSTEM, now=NOW)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("at", "id").values_list("action", flat=True))


def test_keep_only_the_hash_of_an_invitation(scope: Merchant) -> None:
    invitation, token = invite(scope)
    assert invitation.email == "new@example.com"
    assert invitation.token_hash == hash_of(token)
    assert token.startswith(f"{scope.public_id}.")
    assert len(token) > 50
    assert actions() == ["member.invited"]


def test_replace_an_open_invitation(scope: Merchant) -> None:
    first, _token = invite(scope)
    second, _token = invite(scope, role=Role.ADMIN)
    first.refresh_from_db()
    assert (first.withdrawn_at, second.withdrawn_at) == (NOW, None)


def test_invite_no_member(scope: Merchant, person: MakeUser) -> None:
    user = person("agent", scope, Role.AGENT)
    with pytest.raises(AlreadyMember):
        invite(scope, user.email.upper())


def test_join_once(scope: Merchant, person: MakeUser) -> None:
    user = person("agent")
    invitation, _token = invite(scope, user.email, Role.ADMIN)
    joined = members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW)
    assert (joined.role, joined.merchant_id) == (Role.ADMIN, scope.pk)
    with pytest.raises(InvitationOver):
        members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW)
    assert actions() == ["member.invited", "member.joined"]


def test_join_within_seven_days(scope: Merchant, person: MakeUser) -> None:
    user = person("agent")
    invitation, _token = invite(scope, user.email)
    with pytest.raises(InvitationOver):
        members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW + timedelta(days=7))
    members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW + timedelta(days=6, hours=23))
    assert Membership.objects.count() == 1


def test_join_only_as_who_was_invited(scope: Merchant, person: MakeUser) -> None:
    invitation, _token = invite(scope)
    with pytest.raises(OtherPerson):
        members.accept_invitation(invitation_id=invitation.pk, user=person("agent"), now=NOW)
    assert not Membership.objects.exists()


def test_join_nothing_that_was_withdrawn(scope: Merchant, person: MakeUser) -> None:
    user = person("agent")
    invitation, _token = invite(scope, user.email)
    members.withdraw_invitation(invitation_id=invitation.pk, actor=SYSTEM, now=NOW)
    members.withdraw_invitation(invitation_id=invitation.pk, actor=SYSTEM, now=NOW)
    with pytest.raises(InvitationOver):
        members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW)
    assert actions() == ["member.invited", "member.invitation_withdrawn"]


def test_keep_the_role_of_who_is_a_member_already(scope: Merchant, person: MakeUser) -> None:
    user = person("agent")
    invitation, _token = invite(scope, user.email, Role.VIEWER)
    members.add_member(merchant=scope, user=user, role=Role.OWNER, actor=SYSTEM)
    assert members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW).role == Role.OWNER


def test_see_no_invitation_of_another_merchant(merchant: Merchant, other_merchant: Merchant, person: MakeUser) -> None:
    user = person("agent")
    with merchant_scope(other_merchant):
        theirs, _token = invite(other_merchant, user.email)
    with merchant_scope(merchant), pytest.raises(InvitationOver):
        members.accept_invitation(invitation_id=theirs.pk, user=user, now=NOW)
    with merchant_scope(merchant), pytest.raises(NotFound):
        members.withdraw_invitation(invitation_id=theirs.pk, actor=SYSTEM, now=NOW)


def owner_of(merchant: Merchant, person: MakeUser, name: str) -> Membership:
    return Membership.objects.get(user=person(name, merchant, Role.OWNER))


def test_keep_the_last_owner(scope: Merchant, person: MakeUser) -> None:
    only = owner_of(scope, person, "one")
    with pytest.raises(LastOwner):
        members.change_role(merchant=scope, membership_id=only.pk, role=Role.ADMIN, actor=SYSTEM)
    with pytest.raises(LastOwner):
        members.remove_member(merchant=scope, membership_id=only.pk, actor=SYSTEM)
    assert actions() == []


def test_change_a_role_and_write_before_and_after(scope: Merchant, person: MakeUser) -> None:
    one = owner_of(scope, person, "one")
    owner_of(scope, person, "two")
    for _ in range(2):
        members.change_role(merchant=scope, membership_id=one.pk, role=Role.AGENT, actor=SYSTEM)
    event = AuditEvent.objects.get()
    assert (event.before, event.after, event.target_id) == ({"role": "owner"}, {"role": "agent"}, one.pk)


def test_find_no_member_of_another_merchant(scope: Merchant, other_merchant: Merchant, person: MakeUser) -> None:
    theirs = owner_of(other_merchant, person, "one")
    with pytest.raises(NotFound):
        members.remove_member(merchant=scope, membership_id=theirs.pk, actor=SYSTEM)
    with pytest.raises(NotFound):
        members.change_role(merchant=scope, membership_id=theirs.pk, role=Role.VIEWER, actor=SYSTEM)


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.parametrize("act", ["demote", "remove"])
def test_keep_one_of_two_owners_who_turn_on_each_other(
    together: Callable[..., list[Any]], merchant: Merchant, person: MakeUser, act: str
) -> None:
    owners = [owner_of(merchant, person, name) for name in ("one", "two", "three")]

    def turn_on(victim: Membership) -> None:
        with merchant_scope(merchant):
            if act == "demote":
                members.change_role(merchant=merchant, membership_id=victim.pk, role=Role.VIEWER, actor=SYSTEM)
            else:
                members.remove_member(merchant=merchant, membership_id=victim.pk, actor=SYSTEM)

    outcomes = together(turn_on, [(each,) for each in owners])
    assert Membership.objects.filter(merchant=merchant, role=Role.OWNER).count() == 1
    assert sum(isinstance(outcome.error, LastOwner) for outcome in outcomes) == 1


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_join_once_at_the_same_moment(together: Callable[..., list[Any]], merchant: Merchant, person: MakeUser) -> None:
    user = person("agent")
    with merchant_scope(merchant):
        invitation, _token = invite(merchant, user.email)

    def join() -> None:
        with merchant_scope(merchant):
            members.accept_invitation(invitation_id=invitation.pk, user=user, now=NOW)

    outcomes = together(join, [()] * 6)
    assert Membership.objects.count() == 1
    assert sum(isinstance(outcome.error, InvitationOver) for outcome in outcomes) == 5
