"""The help pages, and the answer to the offer of a tour."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from guide import tour
from guide.finding import find_topics
from guide.pictures import pictures_of
from guide.topics import GROUPS, TOPICS
from tenancy.roles import Role
from tenancy.views import StaffView


class Index(StaffView):
    """All topics, or those that a search finds."""

    role = Role.VIEWER

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them."""
        query = request.GET.get("q", "").strip()[:100]
        context = {"title": _("Help"), "query": query, "groups": GROUPS, "hits": find_topics(query) if query else []}
        return render(
            request, "guide/index.html", context | {"tour_url": tour_url(self.request.merchant.slug, "claims")}
        )


class TopicPage(StaffView):
    """One help page."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, topic: str) -> HttpResponse:
        """Show it. Raises Http404 for a topic that there is not."""
        found = TOPICS.get(topic)
        if found is None:
            raise Http404
        slug = self.request.merchant.slug
        context: dict[str, Any] = {
            "topic": found,
            "title": found.title,
            "crumbs": [(_("Help"), reverse("guide:index", args=[slug])), (found.title, "")],
            "pictures": pictures_of(topic),
            "group": next(group for group in GROUPS if found in group.topics),
            "tour_url": tour_url(slug, topic),
            "frame": "guide/topic.html",
        }
        if found.screen and self.request.role >= found.role:
            context["screen_url"] = reverse(found.screen, args=[slug])
        return render(request, found.template, context)


class TourAnswer(StaffView):
    """Whether somebody took the tour of a page or declined it."""

    role = Role.VIEWER

    def post(self, request: HttpRequest, page: str) -> HttpResponse:
        """Remember the answer and go back to the page. Raises Http404 for a page without a tour."""
        if page not in tour.PAGES:
            raise Http404
        given = request.POST.get("answer", "")
        tour.answer(request=request, page=page, given=given if given in tour.ANSWERS else tour.LEFT, now=timezone.now())
        return self.back_to(reverse(tour.PAGES[page], args=[self.request.merchant.slug]))


def tour_url(slug: str, page: str) -> str:
    """Return where the tour of a page begins, or nothing where it has none."""
    return reverse(tour.PAGES[page], args=[slug]) + "#tour" if page in tour.PAGES else ""
