"""Where the links of a reminder lead: on with the claim, or to no more reminders."""

from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from claims_center.models import Journey
from claims_center.public.keys import RESUME, STOP, journey_id_of
from claims_center.public.views.base import FunnelView
from claims_center.services.reminders import refuse


class LinkView(FunnelView):
    """A page that is reached by a signed link; `purpose` is what the link was made for."""

    purpose = RESUME

    @cached_property
    def linked(self) -> Journey | None:
        """Return the visit that the link names, if it was one to this funnel."""
        journey_id = journey_id_of(self.kwargs["key"], self.purpose)
        found = Journey.objects.filter(pk=journey_id, funnel=self.funnel).first() if journey_id else None
        if found is not None:
            found.funnel = self.funnel
        return found


class ResumeView(LinkView):
    """Go on where the visitor stopped, in whichever browser the link is opened."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: Any, key: str) -> HttpResponse:
        """Give this browser the visit and lead to its first open page; a claim that is in is not shown by this link."""
        found = self.linked
        if found is None:
            return self.go("product", "expired")
        if found.submitted_at is not None:
            title, text = _("Your claim is in"), _("It was sent already, so there is nothing left to do.")
            return self.show("sentence", {"title": title, "text": text, "icon_name": "circle-check"})
        if not found.draft:
            return self.go("product", "expired")
        self.journey = found
        return self.go(self.walk.first_open(), "welcome")


class StopView(LinkView):
    """No more reminders: GET asks, because programs open links in mails too; POST does it."""

    purpose = STOP
    open_only = False

    def get(self, request: Any, key: str) -> HttpResponse:
        """Show the button."""
        if self.linked is None:
            return self.too_old()
        return self.show("stop", {"here": request.path})

    def post(self, request: Any, key: str) -> HttpResponse:
        """Note it; pressing twice does it once."""
        if self.linked is None:
            return self.too_old()
        refuse(journey=self.linked, now=self.now)
        text = _("We send no more reminders to this address. Mails about claims that you send still come.")
        return self.show("sentence", {"title": _("Done"), "text": text, "icon_name": "circle-check"})

    def too_old(self) -> HttpResponse:
        """Say so for a link that is not ours or not valid any more."""
        text = _("This link is too old. We send one reminder only, so there is nothing left to stop.")
        return self.show("sentence", {"title": _("This link has ended"), "text": text}, status=410)

    def stale(self) -> HttpResponse:
        """Show the button again, fresh."""
        return self.show("stop", {"here": self.request.path}, status=403)
