"""What context processors give to real pages."""

from types import SimpleNamespace
from typing import Any

from ui.nav import MerchantLink, NavGroup, NavItem


class Person:
    """The signed-in person."""

    is_authenticated = True
    name = "Ada Novak"
    email = "owner@brew-bloom.example"

    def __str__(self) -> str:
        return self.name


def frame(active: str = "") -> dict[str, Any]:
    """Sidebar, merchant, person."""

    def item(key: str, label: str, icon: str, count: int | None = None) -> NavItem:
        return NavItem(label, f"/parts/?{key}" if key != "claims" else "/", icon, active == key, count)

    return {
        "nav": [
            NavGroup("", [item("claims", "Claims Center", "clipboard-check", 14)]),
            NavGroup("Reward campaigns", [item("rr", "Redeemed rewards", "gift"), item("r", "Rewards", "award")]),
            NavGroup("Campaigns", [item("o", "Offers", "megaphone"), item("or", "Offer Responses", "reply")]),
            NavGroup("", [item("c", "Customers", "users")]),
            NavGroup(
                "Catalogue",
                [
                    item("f", "Smart Funnels", "funnel"),
                    item("p", "Products", "package"),
                    item("pr", "Promotions", "badge-percent"),
                    item("cp", "Code pools", "ticket", 2),
                ],
            ),
            NavGroup(
                "Data",
                [
                    item("oh", "Order history", "receipt-text"),
                    item("i", "Imports", "upload"),
                    item("e", "Exports", "download"),
                    item("d", "Deliveries", "mail-warning"),
                    item("j", "Jobs", "activity"),
                    item("l", "Ledger", "book-open-text"),
                ],
            ),
        ],
        "nav_foot": [NavItem("Settings", "/parts/?settings", "settings")],
        "merchants": [MerchantLink("Brew & Bloom", "/", True), MerchantLink("North Trail", "/")],
        "merchant": SimpleNamespace(name="Brew & Bloom", slug="brew-bloom"),
        "search_url": "/",
        "help_url": "/parts/?help",
        "role": SimpleNamespace(label="Owner"),
        "user": Person(),
    }
