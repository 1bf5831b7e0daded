"""/m/<merchant>/: where a merchant's staff begin."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect

from tenancy.roles import Role
from tenancy.views.base import StaffView


class Start(StaffView):
    """Go on to the page named in the settings."""

    role = Role.VIEWER

    def get(self, request: Any) -> HttpResponse:
        """Redirect there."""
        return redirect(settings.MERCHANT_START, request.merchant.slug)
