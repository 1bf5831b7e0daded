"""Every address with another merchant's ids answers as for an id that does not exist.

The id that is tried is at once the id of a foreign row of every kind, so that it is a row's whatever the address takes.
"""

from typing import Any

import pytest
from django.test import Client

from tenancy.ids import new_id
from tests.walls.addresses import Address, staff_addresses
from tests.walls.conftest import World

METHODS = ("get", "post")


@pytest.fixture
def with_ids() -> list[Address]:
    """The addresses that name a row."""
    found = [address for address in staff_addresses() if address.ids]
    assert len(found) > 20
    return found


def test_answer_404_for_a_foreign_id(owner: Client, world: World, with_ids: list[Address], walls: str) -> None:
    assert len(world.kinds) > 15
    wrong = []
    for address in with_ids:
        for method in METHODS:
            unknown = getattr(owner, method)(address.path(world.ours.slug, new_id()))
            if unknown.status_code not in {404, 405}:
                wrong.append(f"{method} {address.route} unknown id: {unknown.status_code}")
            answer = getattr(owner, method)(address.path(world.ours.slug, world.shared))
            if answer.status_code != unknown.status_code or str(world.shared) in answer.content.decode():
                wrong.append(f"{method} {address.route}: {answer.status_code}")
    assert wrong == []


def test_find_the_foreign_rows_once_both_walls_are_down(
    owner: Client, world: World, with_ids: list[Address], settings: Any, no_row_security: None
) -> None:
    """The control: what the test above looks for shows as soon as nothing holds it back."""
    settings.TENANCY_FILTERS_OFF = True
    unknown = {one.route: owner.get(one.path(world.ours.slug, new_id())).status_code for one in with_ids}
    shown = {one.route: owner.get(one.path(world.ours.slug, world.shared)).status_code for one in with_ids}
    asked = {route for route, status in unknown.items() if status == 404}
    found = {route for route in asked if shown[route] != 404}
    assert shown["m/<slug:merchant>/claims/<uuid:claim_id>/"] == 200
    # The rest takes a word that no row has, asks for the merchant by name, or is of a kind that the story has no row of.
    assert len(found) > 0.7 * len(asked), sorted(asked - found)


def test_answer_404_at_another_merchants_door(owner: Client, world: World) -> None:
    wrong = []
    for address in staff_addresses():
        for method in METHODS:
            answer = getattr(owner, method)(address.path(world.foreign.slug, world.shared))
            nobody = getattr(owner, method)(address.path("no-such-merchant", world.shared))
            if (answer.status_code, nobody.status_code) != (404, 404):
                wrong.append(f"{method} {address.route}: {answer.status_code}, {nobody.status_code}")
    assert wrong == []


def test_show_a_foreign_row_in_no_list(owner: Client, world: World, walls: str) -> None:
    names = [world.foreign.name, "Pour-over kettle", "$10 gift card", "thank-you", str(world.shared)]
    wrong = []
    for address in staff_addresses():
        if address.ids:
            continue
        text = owner.get(address.path(world.ours.slug)).getvalue().decode()
        wrong += [f"{address.route}: {name}" for name in names if name in text]
    assert wrong == []


def test_show_no_markup_as_text(owner: Client, world: World) -> None:
    pages = [address.path(world.ours.slug) for address in staff_addresses() if not address.ids]
    shown = {page: owner.get(page).getvalue().decode() for page in pages}
    assert [page for page, text in shown.items() if "&lt;a " in text or "&lt;span" in text] == []


def test_answer_strangers_by_the_door_alone(world: World) -> None:
    nobody = Client(raise_request_exception=False)
    answers = {
        address.route: nobody.get(address.path(world.ours.slug, world.shared)).status_code
        for address in staff_addresses()
    }
    assert {route: status for route, status in answers.items() if status != 302} == {}
