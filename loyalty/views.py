"""Where redeemed rewards will be listed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from tenancy.roles import Role
from tenancy.views import StaffView


class RedeemedRewards(StaffView):
    """Say that this release has no rewards yet, instead of a list that could only be empty."""

    role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the sentence."""
        empty = {
            "icon": "award",
            "title": _("No rewards in this release"),
            "text": _("What customers redeem for their points will be listed here."),
        }
        return render(request, "ui/awaited.html", {"title": _("Redeemed rewards"), "empty": empty})
