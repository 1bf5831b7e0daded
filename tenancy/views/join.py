"""/join/<token>/: where an invitation leads."""

from typing import Any, cast

from allauth.account.utils import perform_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control

from tenancy.errors import Refused
from tenancy.forms import JoinForm
from tenancy.models import Invitation
from tenancy.requests import client_ip
from tenancy.roles import Role
from tenancy.selectors import invitation_by_token, user_by_email
from tenancy.services.members import accept_invitation, join_as_new_person
from tenancy.throttle import Limit, take
from tenancy.views.base import PublicView
from tenancy.views.home import start_of

ATTEMPTS = Limit("join", 30, 3600)
GONE = 410


class Join(PublicView):
    """Join with the account that is signed in, with one that must sign in first, or with a new one."""

    def dispatch(self, request: Any, *args: Any, token: str, **kwargs: Any) -> HttpResponse:
        """Find the invitation; keep its link out of caches and away from other sites."""
        found = invitation_by_token(token)
        if found is None or not found.is_open(timezone.now()):
            response = render(request, "tenancy/join_over.html", status=GONE)
        else:
            response = cast("HttpResponse", super().dispatch(request, *args, invitation=found, **kwargs))
        patch_cache_control(response, no_store=True, private=True)
        # Not no-referrer: browsers would then send forms without the origin that the forgery check asks for.
        response["Referrer-Policy"] = "same-origin"
        return response

    def get(self, request: Any, invitation: Invitation) -> HttpResponse:
        """Show what is offered and the way to take it."""
        return self._page(invitation, JoinForm(email=invitation.email))

    def post(self, request: Any, invitation: Invitation) -> HttpResponse:
        """Join."""
        take(ATTEMPTS, str(client_ip(request)))
        try:
            if request.user.is_authenticated:
                accept_invitation(invitation_id=invitation.pk, user=request.user, now=timezone.now())
                return redirect(start_of(request.merchant))
            return self._join_as_new(invitation)
        except Refused as refusal:
            return self._page(invitation, JoinForm(email=invitation.email), refusal=str(refusal), status=409)

    def _join_as_new(self, invitation: Invitation) -> HttpResponse:
        form = JoinForm(self.request.POST, email=invitation.email)
        if not form.is_valid():
            return self._page(invitation, form, status=422)
        name, password = form.cleaned_data["name"], form.cleaned_data["password"]
        membership = join_as_new_person(invitation_id=invitation.pk, name=name, password=password, now=timezone.now())
        response: HttpResponse = perform_login(
            self.request, membership.user, redirect_url=start_of(self.request.merchant)
        )
        return response

    def _page(self, invitation: Invitation, form: JoinForm, *, refusal: str = "", status: int = 200) -> HttpResponse:
        user = self.request.user
        context = {
            "invitation": invitation,
            "role_name": Role(invitation.role).label,
            "form": form,
            "refusal": refusal,
            "is_signed_in": user.is_authenticated,
            "is_right_person": user.is_authenticated and user.email == invitation.email,
            "has_account": not user.is_authenticated and user_by_email(invitation.email) is not None,
        }
        return render(self.request, "tenancy/join.html", context, status=status)
