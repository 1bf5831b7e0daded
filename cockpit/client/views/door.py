"""Signing in by a link, and out again."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from claims_center.public.guard import sender
from claims_center.public.tracking import masked_email
from cockpit.client import cookie, guard, sessions
from cockpit.client.forms import AddressForm
from cockpit.client.links import Fault, LinkDead, ask_for_link, customer_behind, use_link
from cockpit.client.views.base import ClientView

GONE = 410
FAULTS = {
    Fault.USED: (_("This link was used already"), _("Each link works once. Ask for a new one; it takes a moment.")),
    Fault.EXPIRED: (_("This link is too old"), _("A link works for 15 minutes. Ask for a new one; it takes a moment.")),
    Fault.UNKNOWN: (
        _("This link does not work"),
        _("It may be cut off, replaced by a newer one, or belong to another shop. Ask for a new one here."),
    ),
}


class AskView(ClientView):
    """Asking for a link. The answer is the same whoever asks, whether or not we know the address."""

    for_all = True
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """Have a link sent; a machine is told the same and nothing is done."""
        form = AddressForm(request.POST)
        if form.is_trapped:
            return self.go("sent")
        if not form.is_valid():
            return self.show("door", {"form": form}, status=422)
        address = form.cleaned_data["email"]
        wait = guard.refusal(request, request.merchant.id, address)
        if wait:
            return self.too_many(wait)
        ask_for_link(merchant=request.merchant, address=address, now=self.now)
        return self.go("sent")


class SentView(ClientView):
    """Look into your mailbox."""

    for_all = True

    def get(self, request: Any) -> HttpResponse:
        """Say what happens now."""
        return self.show("sent", {})


class LinkView(ClientView):
    """The link in the mail: GET shows a button, because programs open links in mails too; POST signs in, once."""

    for_all = True

    def get(self, request: Any, key: str) -> HttpResponse:
        """Show the button."""
        try:
            customer = customer_behind(token=key, now=self.now)
        except LinkDead as dead:
            return self.dead(dead)
        return self.show("link", {"address": masked_email(customer.email), "here": request.path})

    def post(self, request: Any, key: str) -> HttpResponse:
        """Sign in; a session that this browser had with the merchant ends."""
        if not guard.may(guard.TRIES, sender(request)):
            return self.too_many_of(guard.TRIES)
        device = sessions.device_of(request.headers.get("User-Agent", ""))
        try:
            session = use_link(token=key, device=device, now=self.now)
        except LinkDead as dead:
            return self.dead(dead)
        if self.session is not None:
            sessions.end(session_id=self.session.id, customer_id=self.session.customer_id)
        response = self.go("home", "in")
        cookie.write(response, request, session)
        return response

    def dead(self, dead: LinkDead) -> HttpResponse:
        """Say why it does not work, with a form for a new one; whoever is in by now (a double press) goes on."""
        if self.session is not None and dead.fault == Fault.USED:
            return self.go("home", "in")
        title, text = FAULTS[dead.fault]
        return self.show("door", {"form": AddressForm(), "fault_title": title, "fault": text}, status=GONE)


class SignOutView(ClientView):
    """Ends the session, here and at once."""

    for_all = True
    http_method_names = ["post", "options"]

    def post(self, request: Any) -> HttpResponse:
        """End it; pressing twice ends it once."""
        if self.session is not None:
            sessions.end(session_id=self.session.id, customer_id=self.session.customer_id)
        response = self.go("home", "left")
        cookie.forget(response, request)
        return response
