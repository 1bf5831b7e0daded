"""How django-allauth behaves here: no open sign-up, our own idea of addresses, failures recorded."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse

from tenancy.audit import security_event
from tenancy.links import is_local
from tenancy.reauthentication import is_fresh
from tenancy.requests import client_ip
from tenancy.second_factor import MFAAdapter
from tenancy.selectors import user_by_email

__all__ = ["AccountAdapter", "MFAAdapter"]


class AccountAdapter(DefaultAccountAdapter):
    """Staff are invited by their merchant's owner; nobody signs up alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: there is no open sign-up."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Tell whether `next` may be followed: paths of ours only, no host at all."""
        return bool(url) and is_local(url)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the sender's address as our proxies tell it."""
        return client_ip(request) or "0.0.0.0"  # noqa: S104 - stands for "unknown" in a column that wants an address

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Tell whether to ask once more; not within minutes of a sign-in."""
        return not is_fresh(self.request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return to the start after a change of password."""
        return reverse("home")

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt; record and refuse it while the account or the address is locked."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            self._record("sign_in.locked", credentials)
            raise

    def unlock(self, email: str) -> None:
        """Forget the wrong passwords that were tried for an address."""
        self._delete_login_attempts_cached_email(self.request, email=email)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record a wrong password, or an address that nobody has."""
        self._record("sign_in.failed", credentials)

    def _record(self, kind: str, credentials: dict[str, Any]) -> None:
        user = user_by_email(credentials.get("email") or "")
        security_event(kind=kind, user_id=user.pk if user else None)
