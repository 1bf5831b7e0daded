"""What is declared is handled: job kinds, events, statuses, doors."""

import ast
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.module_loading import import_string

from claims_center import states
from cockpit import timeline
from config import beat
from config.checks import LEDGER_CHECKS
from config.imports import IMPORTERS
from config.jobs import HANDLERS
from config.messages import LISTENERS, ORIGINS, RENDERERS
from tenancy.ids import new_id
from tenancy.middleware import DOORS
from tests.architecture import house
from tests.architecture.house import modules


def calls(function: str, keyword: str) -> set[str]:
    """Return the constant values given for a keyword in calls of a function anywhere in the house."""
    found = set()
    for path in modules():
        for node in house.calls(path):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for given in node.keywords:
                if called == function and given.arg == keyword and isinstance(given.value, ast.Constant):
                    found.add(str(given.value.value))
    return found


def test_handle_every_kind_of_job() -> None:
    assert calls("enqueue", "kind") - set(HANDLERS) == set()


def test_find_every_handler() -> None:
    paths: list[str] = [*HANDLERS.values(), *RENDERERS.values(), *LISTENERS.values(), *LEDGER_CHECKS]
    assert all(callable(import_string(path)) for path in paths)
    assert all(IMPORTERS)


def test_render_every_kind_of_message() -> None:
    assert calls("queue_message", "kind") - set(RENDERERS) == set()


def test_reach_every_status_of_a_claim() -> None:
    reached = {states.Status.NEW} | {move.target for move in states.TRANSITIONS.values()}
    assert reached == set(states.Status)


def test_leave_no_status_of_a_claim_without_a_way_on() -> None:
    left = {source for move in states.TRANSITIONS.values() for source in move.sources}
    assert left == set(states.Status)


def test_label_every_event() -> None:
    events = set()
    for function in ("post", "record", "grant", "draw", "expire", "revoke", "reverse"):
        events |= calls(function, "event")
    events |= set(states.Event)
    assert {str(event) for event in events} - set(timeline.LABELS) == set()


def test_schedule_only_tasks_that_exist() -> None:
    assert all(callable(import_string(entry["task"])) for entry in beat.SCHEDULE.values())


def routes(resolver: URLResolver, prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            found.append((route, pattern.callback))
    return found


def test_ask_a_role_at_every_staff_page() -> None:
    staff = [(route, view) for route, view in routes(get_resolver()) if route.startswith("m/")]
    assert staff
    assert [route for route, view in staff if getattr(view.view_class, "role", None) is None] == []


# Addresses outside every merchant's door.
OPEN = ("", "accounts/", "static/", "healthz", "readyz", "invitations/", "theme/", "api/")


def test_put_every_address_behind_a_door() -> None:
    heads = {route.split("/", 1)[0] + "/" if "/" in route else route for route, _ in routes(get_resolver())}
    assert {head for head in heads if head not in DOORS} - set(OPEN) == set()


def test_name_an_address_for_every_origin_of_a_message() -> None:
    for _label, name in ORIGINS.values():
        assert reverse(name, args=["brew-bloom", new_id()]).startswith("/m/brew-bloom/")
