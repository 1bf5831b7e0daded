"""The tour of a page: its steps, and whether this person has answered the offer of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tenancy.lists import preference, set_preference
from tenancy.roles import Role

FINISHED, LEFT = "finished", "left"
ANSWERS = (FINISHED, LEFT)


@dataclass(frozen=True, slots=True)
class Stop:
    """One step: it points at the first element that `target`, a CSS selector, finds in sight."""

    target: str
    title: Any
    text: Any
    role: Role = Role.VIEWER


@dataclass(frozen=True, slots=True)
class Tour:
    """The tour of one page for one person. `offered` is False once it was taken or declined."""

    page: str
    title: Any
    stops: list[Stop]
    offered: bool
    answer_url: str
    help_url: str


@dataclass(frozen=True, slots=True)
class Route:
    """A page that has a tour: its topic in the help, and the steps."""

    topic: str
    title: Any
    stops: tuple[Stop, ...] = field(default=())


CLAIMS = Route(
    topic="claims",
    title=_("Tour of the Claims Center"),
    stops=(
        Stop(
            ".overview",
            _("How your campaigns do"),
            _("Claims, what is processed, what waits and for how long. Every figure leads to the list that it counts."),
        ),
        Stop(
            ".views",
            _("Views"),
            _("Start with what waits. Filter as you like and save the result as a view of your own, or for the team."),
        ),
        Stop(
            "#filters",
            _("Search and filters"),
            _(
                "Press / to search by name, e-mail, phone, order number or code. Filters apply at once and stay in the address."
            ),
        ),
        Stop(
            "tbody tr:first-child th[scope=row], .grid-wrap .empty",
            _("The claims"),
            _(
                "Open a claim to check it, send or ship the gift, and mark it as processed. The keys j and k move, Enter opens."
            ),
        ),
        Stop(
            "tbody tr:first-child .c-select",
            _("Many at once"),
            _(
                "Select rows, or all that match the filter. You see what will be done and what is skipped before anything runs."
            ),
            Role.AGENT,
        ),
        Stop(
            "[data-help]",
            _("Help is always here"),
            _("Every screen has its own help page behind this button. The tour can be started again from there."),
        ),
    ),
)
# By the name of the page's address.
TOURS: dict[str, Route] = {"claims:list": CLAIMS}
PAGES = {route.topic: name for name, route in TOURS.items()}


def tour_for(request: Any) -> Tour | None:
    """Return the tour of the page that was asked for, or None where it has none."""
    route = TOURS.get(request.resolver_match.view_name)
    if route is None:
        return None
    slug = request.merchant.slug
    return Tour(
        page=route.topic,
        title=route.title,
        stops=[stop for stop in route.stops if request.role >= stop.role],
        offered=not _answered(request, route.topic),
        answer_url=reverse("guide:tour", args=[slug, route.topic]),
        help_url=reverse("guide:topic", args=[slug, route.topic]),
    )


def answer(*, request: Any, page: str, given: str, now: datetime) -> None:
    """Note that this person took the tour or declined it, for good and in this session."""
    value = {"answer": given, "at": now.isoformat()}
    set_preference(user_id=request.user.pk, name=_name(page), value=value)
    _remember(request, page, answered=True)


def _answered(request: Any, page: str) -> bool:
    """Look once a session: the answer is asked for on every visit of the busiest page."""
    known = request.session.get("tours", {}).get(_key(request, page))
    if known is None:
        known = preference(user_id=request.user.pk, name=_name(page), default=None) is not None
        _remember(request, page, answered=known)
    return bool(known)


def _remember(request: Any, page: str, *, answered: bool) -> None:
    request.session["tours"] = request.session.get("tours", {}) | {_key(request, page): answered}


def _name(page: str) -> str:
    return f"tour.{page}"


def _key(request: Any, page: str) -> str:
    return f"{request.merchant.slug}/{page}"
