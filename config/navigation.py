"""The sidebar: which pages there are, and for whom."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from loyalty.waiting import waiting_count
from tenancy.roles import Role
from ui.addresses import address
from ui.nav import NavGroup, NavItem


@dataclass(frozen=True, slots=True)
class Page:
    """One line of the sidebar: its words, the name of its address, its icon, the least role that sees it.

    `count` returns what waits there, shown to those who may change something; it must not cost a query on each page.
    """

    label: Any
    name: str
    icon: str
    role: Role = Role.VIEWER
    count: Callable[[], int | None] | None = None


SIDEBAR: tuple[tuple[Any, tuple[Page, ...]], ...] = (
    ("", (Page(_("Claims Center"), "claims:list", "gift"),)),
    (
        _("Reward campaigns"),
        (
            Page(_("Redeemed rewards"), "loyalty:redeemed", "award"),
            Page(_("Rewards"), "loyalty:rewards", "medal"),
            Page(_("Purchases"), "loyalty:purchases", "shopping-cart"),
            Page(_("Points"), "loyalty:points", "coins"),
            Page(_("Point adjustments"), "loyalty:adjustments", "sliders-horizontal", count=waiting_count),
        ),
    ),
    (
        _("Campaigns"),
        (
            Page(_("Offers"), "offers:offers", "megaphone"),
            Page(_("Offer Responses"), "offers:responses", "ticket-check"),
        ),
    ),
    ("", (Page(_("Customers"), "customers:list", "users"),)),
    (
        _("Catalogue"),
        (
            Page(_("Smart Funnels"), "catalogue:funnels", "funnel"),
            Page(_("Products"), "catalogue:products", "package"),
            Page(_("Promotions"), "catalogue:promotions", "badge-percent"),
            Page(_("Code pools"), "codes:list", "ticket"),
            Page(_("E-mail texts"), "messaging:texts", "mails"),
        ),
    ),
    (
        _("Data"),
        (
            Page(_("Order history"), "claims:orders", "shopping-bag"),
            Page(_("Exports"), "exports:exports", "download", Role.ADMIN),
            Page(_("Imports"), "exports:imports", "upload", Role.ADMIN),
            Page(_("Deliveries"), "messaging:list", "mail"),
            Page(_("Jobs"), "jobs:list", "list-checks"),
            Page(_("Ledger"), "cockpit:ledger", "book-open"),
            Page(_("Erasure requests"), "cockpit:erasures", "user-x", Role.OWNER),
        ),
    ),
)
FOOT: tuple[Page, ...] = (Page(_("Settings"), "tenancy:settings", "settings", Role.OWNER),)


def navigation(request: Any) -> dict[str, Any]:
    """Give staff pages their sidebar; worked out only where a template draws it."""
    if not hasattr(request, "membership"):
        return {}
    return {
        "nav": partial(_groups, request),
        "nav_foot": partial(_foot, request),
        "search_url": address("claims:list", request.merchant.slug),
    }


def _groups(request: Any) -> list[NavGroup]:
    groups = (NavGroup(str(label), list(_items(request, pages))) for label, pages in SIDEBAR)
    return [group for group in groups if group.items]


def _foot(request: Any) -> list[NavItem]:
    return list(_items(request, FOOT))


def _items(request: Any, pages: tuple[Page, ...]) -> Iterator[NavItem]:
    for page in pages:
        if request.role >= page.role:
            url = address(page.name, request.merchant.slug)
            count = page.count() if page.count and request.role >= Role.ADMIN else None
            yield NavItem(str(page.label), url, page.icon, active=request.path.startswith(url), count=count)
