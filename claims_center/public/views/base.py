"""What every page of a funnel does first: find the funnel and the journey, and see whether it is open."""

from functools import cached_property
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from claims_center.models import Claim, Journey
from claims_center.public import cookie, guard, selectors, words
from claims_center.public.brand import face
from claims_center.public.pages import closed_note
from claims_center.public.steps import Walk
from claims_center.services import journeys
from tenancy.views import PublicView


# Not exempt at all: dispatch() asks the same check itself, so that a form that waited too long comes back with what
# was typed instead of an error page.
@method_decorator(csrf_exempt, name="dispatch")
class FunnelView(PublicView):
    """A page of one funnel. `open_only` pages say a plain sentence while the funnel takes no claims."""

    open_only = True

    def dispatch(self, request: Any, *args: Any, funnel: str, **kwargs: Any) -> HttpResponse:
        """Answer, and keep what is personal out of caches and search engines."""
        self.now = timezone.now()
        found = selectors.published_funnel(funnel)
        if found is None:
            raise Http404
        self.funnel = found
        is_former = funnel != found.slug and request.method in {"GET", "HEAD"}
        response = self.moved(funnel) if is_former else self.answer(request, *args, **kwargs)
        patch_cache_control(response, no_store=True, private=True)
        response["X-Robots-Tag"] = "noindex"
        return response

    def answer(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer where the funnel is open and the form is fresh."""
        if self.open_only and not self.funnel.is_open(self.now):
            return self.closed()
        if self.open_only and self.has_not_begun and selectors.is_sold_out(self.funnel):
            return self.sentence(words.sold_out())
        if request.method == "POST" and guard.is_stale(request):
            return self.stale()
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def moved(self, former: str) -> HttpResponse:
        """Lead from an address that the funnel had to the one that it has; nothing else of the address changes."""
        start, end = f"/{self.request.merchant.slug}/{former}/", f"/{self.request.merchant.slug}/{self.funnel.slug}/"
        return HttpResponseRedirect(self.request.get_full_path().replace(start, end, 1))

    @property
    def has_not_begun(self) -> bool:
        """Say whether this browser has typed nothing yet; who has may finish."""
        return self.journey is None or self.journey.started_at is None

    @cached_property
    def journey(self) -> Journey | None:
        """Return this browser's journey, if it has begun one here."""
        journey_id = cookie.read(self.request, self.funnel)
        found = Journey.objects.filter(pk=journey_id, funnel=self.funnel).first() if journey_id else None
        if found is not None:
            found.funnel = self.funnel
        return found

    @cached_property
    def walk(self) -> Walk:
        """Return how far this journey has come."""
        draft = self.journey.draft if self.journey else None
        return Walk(self.funnel, selectors.listings_of(self.funnel), draft)

    @cached_property
    def claim(self) -> Claim | None:
        """Return the claim that this journey has ended in."""
        if self.journey is None or self.journey.submitted_at is None:
            return None
        return selectors.claim_of_journey(self.journey.pk)

    def begin(self) -> Journey | None:
        """Begin a journey; None where too many began at this address."""
        if not guard.may_visit(self.request):
            return None
        self.journey = journeys.begin(funnel=self.funnel, now=self.now, via=guard.via_of(self.request))
        self.journey.funnel = self.funnel
        return self.journey

    def url(self, name: str) -> str:
        """Return the address of a page of this funnel."""
        return reverse(f"funnel:{name}", args=[self.request.merchant.slug, self.funnel.slug])

    def go(self, name: str, notice: str = "") -> HttpResponse:
        """Send the browser to a page of this funnel and let it keep its journey."""
        query = f"?notice={notice}" if notice else ""
        return self.remembered(HttpResponseRedirect(f"{self.url(name)}{query}"))

    def remembered(self, response: HttpResponse) -> HttpResponse:
        """Let the browser keep its journey."""
        if self.journey is not None:
            cookie.write(response, self.request, self.journey)
        return response

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Draw a page of the funnel."""
        shared = {"funnel": self.funnel, "notice": words.notice(self.request.GET.get("notice", ""))}
        shared |= face(self.funnel, self.request.merchant) | {"help_url": self.url("help")}
        return self.remembered(render(self.request, f"funnel/{template}.html", shared | context, status=status))

    def closed(self) -> HttpResponse:
        """Say in plain words why no claim can be made now."""
        context = words.closed(self.funnel, self.now)
        if self.claim is not None:
            context |= {"link_url": self.url("submitted"), "link_label": _("Open the claim that you sent")}
        return self.sentence(context)

    def sentence(self, context: dict[str, Any]) -> HttpResponse:
        """Say why no claim can be made; whoever was just sending one hears that it was not sent."""
        status = context.get("status", 200)
        if self.request.method == "POST" and self.claim is None:
            context["text"] = f"{context['text']} {_('What you typed was not sent.')}"
            status = 409
        return self.show("sentence", {"note": closed_note(self.funnel)} | context, status=status)

    def stale(self) -> HttpResponse:
        """Say that the form waited too long; pages with fields keep what was typed."""
        context = {
            "title": _("This page had been open for too long"),
            "text": _("Nothing was lost. Go back and press the button once more."),
            "link_url": self.url("product"),
            "link_label": _("Go back"),
        }
        return self.show("sentence", context, status=403)

    def too_many(self, seconds: int) -> HttpResponse:
        """Say that this address has sent a lot, and when it may go on."""
        response = self.show("sentence", words.too_many(seconds, self.url("product")), status=429)
        response["Retry-After"] = str(seconds)
        return response
