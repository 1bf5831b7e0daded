"""Help for customers: a plain page beside the funnel, and the same beside the tracker."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from claims_center.public.about import about
from claims_center.public.brand import face
from claims_center.public.views.base import FunnelView
from claims_center.public.views.tracker import TrackedView

TEMPLATE = "funnel/help.html"


class AboutView(FunnelView):
    """Help on a funnel, whether it is open or not; reading it begins no visit."""

    open_only = False
    http_method_names = ["get", "head", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Show it, with the way back to where the visitor was."""
        back = "submitted" if self.claim else self.walk.first_open() if self.journey else "product"
        return self.show("help", about(self.funnel, request.merchant) | {"back_url": self.url(back)})


class TrackedAboutView(TrackedView):
    """Help for somebody who has sent a claim."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any) -> HttpResponse:
        """Show it, with the way back to the claim."""
        context = about(self.claim.funnel, request.merchant) | face(self.claim.funnel, request.merchant)
        context["back_url"] = reverse("funnel:track", args=[self.claim.tracker_token])
        return render(request, TEMPLATE, context | {"is_sent": True})
