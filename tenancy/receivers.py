"""What happens at the gates, as django-allauth tells it, written down; and what follows from it."""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.internal.flows.sessions import end_other_sessions
from django.dispatch import receiver

from tenancy.adapters import AccountAdapter
from tenancy.audit import security_event
from tenancy.models import UsedCounter


@receiver(account.user_logged_in)
def signed_in(request: Any, user: Any, **kwargs: Any) -> None:
    """Record a sign-in."""
    security_event(kind="sign_in.done", user_id=user.pk)


@receiver(account.user_logged_out)
def signed_out(request: Any, user: Any, **kwargs: Any) -> None:
    """Record a sign-out."""
    if user is not None:
        security_event(kind="sign_out", user_id=user.pk)


@receiver(account.password_changed)
def password_changed(request: Any, user: Any, **kwargs: Any) -> None:
    """Record a change of password and end the person's other sessions."""
    security_event(kind="password.changed", user_id=user.pk)
    end_other_sessions(request, user)


@receiver(account.password_reset)
def password_reset(request: Any, user: Any, **kwargs: Any) -> None:
    """Record a reset, end all sessions, and lift the lock that wrong passwords have put on the account."""
    security_event(kind="password.reset", user_id=user.pk)
    end_other_sessions(request, user)
    AccountAdapter(request).unlock(user.email)


@receiver(mfa.authenticator_added)
@receiver(mfa.authenticator_reset)
def second_factor_added(request: Any, user: Any, authenticator: Any, signal: Any, **kwargs: Any) -> None:
    """Record a new second factor and end the person's other sessions."""
    security_event(kind="second_factor.added", user_id=user.pk, detail=authenticator.type)
    end_other_sessions(request, user)


@receiver(mfa.authenticator_removed)
def second_factor_removed(request: Any, user: Any, authenticator: Any, **kwargs: Any) -> None:
    """Record the removal, forget the used codes of that secret, and end the person's other sessions."""
    security_event(kind="second_factor.removed", user_id=user.pk, detail=authenticator.type)
    if authenticator.type == Authenticator.Type.TOTP:
        UsedCounter.objects.filter(pk=user.pk).delete()
    end_other_sessions(request, user)


@receiver(mfa.authentication_failed)
def second_factor_failed(user: Any, **kwargs: Any) -> None:
    """Record a wrong code."""
    security_event(kind="second_factor.failed", user_id=user.pk)
