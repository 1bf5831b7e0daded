"""What every page of a customer does first: see who is signed in on this browser."""

from typing import Any, ClassVar, NamedTuple

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from claims_center.public.views.tracker import secret
from cockpit.client import cookie, sessions
from cockpit.client.said import said
from cockpit.models import ClientSession
from customers.models import Customer
from tenancy.throttle import Limit
from tenancy.views import PublicView
from ui import locale

SEE_OTHER, TOO_MANY = 303, 429


class Place(NamedTuple):
    """One entry of the bar: the name of its address, its words, its icon, and which other pages belong to it."""

    name: str
    label: Any
    icon: str
    pages: tuple[str, ...]


PLACES = (
    Place("home", _("Rewards"), "gift", ("home", "reward")),
    Place("mine", _("My rewards"), "ticket", ("mine", "one")),
    Place("offers", _("Offers"), "megaphone", ("offers", "coupon")),
    Place("claims", _("Claims"), "badge-check", ("claims",)),
    Place("history", _("History"), "history", ("history",)),
)


class ClientView(PublicView):
    """A page of one merchant's customers. Who is not signed in is led to the first page, unless it is `for_all`."""

    for_all: ClassVar[bool] = False
    # Which page has the form of an address that only takes forms.
    form_on: ClassVar[str] = "home"
    session: ClientSession | None
    customer: Customer

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, and keep what is personal out of caches and search engines."""
        self.now = timezone.now()
        self.session = sessions.current(session_id=cookie.read(request), now=self.now)
        if self.session is not None:
            self.customer = self.session.customer
        elif not self.for_all:
            return secret(self.go("home", "out"))
        response = super().dispatch(request, *args, **kwargs)
        return secret(response)  # type: ignore[arg-type]

    def http_method_not_allowed(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Lead whoever opens such an address again, as by a reload, to the page that has the form."""
        if request.method in {"GET", "HEAD"}:
            return self.go(self.form_on)
        return super().http_method_not_allowed(request, *args, **kwargs)

    @property
    def slug(self) -> str:
        """Return the merchant's part of the address."""
        return str(self.request.merchant.slug)

    def url(self, name: str, *args: Any) -> str:
        """Return the address of a page of this merchant's customers."""
        return reverse(f"client:{name}", args=[self.slug, *args])

    def go(self, name: str, words: str = "", *args: Any) -> HttpResponse:
        """Send the browser to a page, which says what has come of it."""
        query = f"?said={words}" if words else ""
        return HttpResponseRedirect(f"{self.url(name, *args)}{query}", status=SEE_OTHER)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Draw a page."""
        words = said(self.request.GET.get("said", ""))
        shared = {"session": self.session, "said": words, "places": self._places(), "zone": locale.zone_name()}
        return render(self.request, f"client/{template}.html", shared | context, status=status)

    def page_asked_for(self) -> dict[str, str]:
        """Return where in a list the address points to."""
        return {name: self.request.GET.get(name, "") for name in ("after", "before")}

    def too_many(self, seconds: int) -> HttpResponse:
        """Say when to try again."""
        minutes = max(1, round(seconds / 60))
        words = _now("A lot came from here in a short time. Try again in %(n)s min.") % {"n": minutes}
        context = {"title": _now("One moment, please"), "text": words, "link_url": self.url("home")}
        response = self.show("sentence", context | {"link_label": _now("Go back")}, status=TOO_MANY)
        response["Retry-After"] = str(seconds)
        return response

    def too_many_of(self, limit: Limit) -> HttpResponse:
        """Say when this limit gives one more."""
        return self.too_many(limit.retry_after)

    def _places(self) -> list[dict[str, Any]]:
        here = self.request.resolver_match.url_name
        return [
            {"url": self.url(one.name), "label": one.label, "icon": one.icon, "current": here in one.pages}
            for one in PLACES
        ]
