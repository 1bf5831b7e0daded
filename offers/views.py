"""Where offers and their responses will be listed."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from tenancy.roles import Role
from tenancy.views import StaffView


class Offers(StaffView):
    """Say that this release has no offers yet, instead of a list that could only be empty."""

    role = Role.VIEWER
    title: ClassVar[Any] = _("Offers")
    text: ClassVar[Any] = _("Offers that members claim, clip and use at the till will be listed here.")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the sentence."""
        empty = {"icon": "megaphone", "title": _("No offers in this release"), "text": self.text}
        return render(request, "ui/awaited.html", {"title": self.title, "empty": empty})


class OfferResponses(Offers):
    """The same for the responses of all members."""

    title = _("Offer Responses")
    text = _("Each response of a member to an offer will be listed here, with its status and usage period.")
