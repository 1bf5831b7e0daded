"""What every template may use of the merchant."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from tenancy.branding import stylesheet_address
from tenancy.roles import Role
from tenancy.selectors import SWITCHER
from ui.addresses import address
from ui.nav import MerchantLink


def merchant(request: HttpRequest) -> dict[str, Any]:
    """Give templates the merchant, the member's role, the names of the roles, the switcher and the merchant's colours."""
    found = getattr(request, "merchant", None)
    return {
        "merchant": found,
        "role": getattr(request, "role", 0),
        "roles": Role,
        "merchants": _switcher(getattr(request, "memberships", [])),
        "brand_url": stylesheet_address(found) if found else "",
        "shortcuts_url": address("tenancy:shortcuts", found.slug) if found else "",
    }


def _switcher(memberships: list[Any]) -> list[MerchantLink]:
    """Return the merchants to switch between, the present one first; nothing where there is only one."""
    if len(memberships) < 2:  # noqa: PLR2004 - one is no choice
        return []
    links = [
        MerchantLink(name=each.merchant.name, url=address("tenancy:start", each.merchant.slug), current=not index)
        for index, each in enumerate(memberships[:SWITCHER])
    ]
    more = [MerchantLink(name=_("All merchants"), url="/")] if len(memberships) > SWITCHER else []
    return links + more
