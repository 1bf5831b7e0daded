"""Who works for a merchant: invited, joined, promoted, removed. All of it runs in the merchant's scope."""

import uuid
from datetime import datetime, timedelta

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import AccountExists, AlreadyMember, InvitationOver, LastOwner, NotFound, OtherPerson
from tenancy.models import Invitation, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.selectors import user_by_email
from tenancy.tokens import new_token

INVITATION_LASTS = timedelta(days=7)


def invite(*, merchant: Merchant, email: str, role: Role, actor: Actor, now: datetime) -> tuple[Invitation, str]:
    """Withdraw an open invitation of this address, make a new one for seven days, write the audit event.

    Returns the invitation and the secret part of its link, which is kept nowhere; sending it is the caller's part.
    Raises AlreadyMember. Waits for other changes of this merchant's members.
    """
    email = email.strip().lower()
    _lock(merchant)
    person = user_by_email(email)
    if person and Membership.objects.filter(merchant=merchant, user=person).exists():
        raise AlreadyMember(email)
    Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    token, token_hash = new_token(merchant)
    invitation = Invitation.objects.create(
        email=email,
        role=role,
        token_hash=token_hash,
        invited_by_id=actor.id if actor.kind == "user" else None,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    after = {"email": email, "role": Role(role).name.lower()}
    audit(action="member.invited", actor=actor, target=("invitation", invitation.pk), after=after)
    return invitation, token


def withdraw_invitation(*, invitation_id: uuid.UUID, actor: Actor, now: datetime) -> None:
    """Close an open invitation and write the audit event; one that is closed already stays as it is.

    Raises NotFound.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None:
        raise NotFound
    if invitation.accepted_at or invitation.withdrawn_at:
        return
    invitation.withdrawn_at = now
    invitation.save(update_fields=["withdrawn_at"])
    audit(action="member.invitation_withdrawn", actor=actor, target=("invitation", invitation.pk))


def accept_invitation(*, invitation_id: uuid.UUID, user: User, now: datetime) -> Membership:
    """Make the person a member with the invitation's role, close the invitation, write the audit event. Once.

    Raises InvitationOver where it was used, withdrawn or has expired at `now`, and OtherPerson where it was sent to
    another address. Whoever is a member already keeps their role.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open(now):
        raise InvitationOver
    if invitation.email != user.email:
        raise OtherPerson(invitation.email)
    membership, made = Membership.objects.get_or_create(
        merchant_id=invitation.merchant_id, user=user, defaults={"role": invitation.role}
    )
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    if made:
        after = {"email": user.email, "role": Role(membership.role).name.lower()}
        audit(action="member.joined", actor=Actor.user(user), target=("member", membership.pk), after=after)
    return membership


def join_as_new_person(*, invitation_id: uuid.UUID, name: str, password: str, now: datetime) -> Membership:
    """Make an account for the invited address with this name and password, then accept the invitation with it.

    Raises InvitationOver, and AccountExists where the address has an account meanwhile, which must sign in instead.
    """
    invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
    if invitation is None or not invitation.is_open(now):
        raise InvitationOver
    if user_by_email(invitation.email):
        raise AccountExists
    user = User.objects.create_user(invitation.email, password, name=name.strip())
    return accept_invitation(invitation_id=invitation_id, user=user, now=now)


def add_member(*, merchant: Merchant, user: User, role: Role, actor: Actor) -> Membership:
    """Make a person a member without an invitation (commands, demo data), and write the audit event.

    Raises AlreadyMember.
    """
    membership, made = Membership.objects.get_or_create(merchant=merchant, user=user, defaults={"role": role})
    if not made:
        raise AlreadyMember(user.email)
    after = {"email": user.email, "role": Role(role).name.lower()}
    audit(action="member.joined", actor=actor, target=("member", membership.pk), after=after)
    return membership


def change_role(*, merchant: Merchant, membership_id: uuid.UUID, role: Role, actor: Actor) -> Membership:
    """Give a member another role and write before and after; nothing happens where it is the role already.

    Raises NotFound, and LastOwner where no owner would remain. Waits for other changes of this merchant's members.
    """
    membership = _locked_member(merchant, membership_id)
    before = Role(membership.role)
    if before == role:
        return membership
    if before == Role.OWNER:
        _keep_an_owner(merchant)
    membership.role = role
    membership.save(update_fields=["role"])
    audit(
        action="member.role_changed",
        actor=actor,
        target=("member", membership.pk),
        before={"role": before.name.lower()},
        after={"role": Role(role).name.lower()},
    )
    return membership


def remove_member(*, merchant: Merchant, membership_id: uuid.UUID, actor: Actor) -> None:
    """Remove a member, who is out with the next request, and write the audit event.

    Raises NotFound, and LastOwner where no owner would remain. Waits for other changes of this merchant's members.
    """
    membership = _locked_member(merchant, membership_id)
    if membership.role == Role.OWNER:
        _keep_an_owner(merchant)
    before = {"email": membership.user.email, "role": Role(membership.role).name.lower()}
    target = ("member", membership.pk)
    membership.delete()
    audit(action="member.removed", actor=actor, target=target, before=before)


def _lock(merchant: Merchant) -> None:
    # One row for all members: two owners who demote each other must wait for one another.
    Merchant.objects.select_for_update(no_key=True).get(pk=merchant.pk)


def _locked_member(merchant: Merchant, membership_id: uuid.UUID) -> Membership:
    _lock(merchant)
    membership = Membership.objects.filter(merchant=merchant, pk=membership_id).select_related("user").first()
    if membership is None:
        raise NotFound
    return membership


def _keep_an_owner(merchant: Merchant) -> None:
    if Membership.objects.filter(merchant=merchant, role=Role.OWNER).count() <= 1:
        raise LastOwner
