"""Every list of the merchants' staff, and where it is."""

import uuid
from typing import Any

from django.urls import resolve

from offers.views.offers import OfferResponses
from tenancy.lists import StaffListView
from tests.walls.addresses import Address, staff_addresses

SLUG = "brew-bloom"
HOME = "m/<slug:merchant>/"
# One tab of an offer's page is a list; the page asks for it by itself.
INSIDE: dict[str, type[StaffListView]] = {"offers/<uuid:offer_id>/": OfferResponses}
ANY_ROW = uuid.UUID(int=1)
# What holds no value of its own to sort by: acts on the row.
BUTTONS = {"actions", "edit"}


def every_list() -> dict[str, type[StaffListView]]:
    """Every list that an address of the merchant leads to, by its route behind the merchant's door."""
    found: dict[str, type[StaffListView]] = {}
    for address in staff_addresses():
        page: Any = getattr(resolve(address.path(SLUG, ANY_ROW)).func, "view_class", object)
        if issubclass(page, StaffListView):
            found[address.route.removeprefix(HOME)] = page
    return found | INSIDE


EVERY = every_list()
# Those that are no part of a row's own page.
LISTS = {route: page for route, page in EVERY.items() if not Address(route).ids}


def kinds(page: type[StaffListView] = StaffListView) -> set[type[StaffListView]]:
    """All lists of the product that nothing else is made from."""
    made = [kind for kind in page.__subclasses__() if not kind.__module__.startswith("tests")]
    return {page} if not made else set().union(*map(kinds, made))


def columns(page: type[StaffListView]) -> list[str]:
    """The columns of a list that have a value."""
    return [name for name in page.table_class.known() if name not in BUTTONS]
