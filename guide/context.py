"""What every staff page is given of the help: the link to its own page, and its tour."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from guide.routes import TOPIC_BY_ROUTE
from guide.tour import tour_for
from ui.addresses import address


def guide(request: HttpRequest) -> dict[str, Any]:
    """Give staff pages `help_url` and `tour`, which is looked for only where a template draws it."""
    match: Any = request.resolver_match
    if match is None or not hasattr(request, "membership"):
        return {}
    return {
        "help_url": help_url(request.merchant.slug, match.view_name),  # type: ignore[attr-defined]
        "tour": SimpleLazyObject(lambda: tour_for(request)),
    }


def help_url(slug: str, route: str) -> str:
    """Return the address of the help for the screen with this name, of the index where it has no topic."""
    topic = TOPIC_BY_ROUTE.get(route, "")
    return address("guide:topic", slug, topic) if topic else address("guide:index", slug)
