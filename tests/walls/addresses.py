"""Every address of the site, and how to fill its blanks."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from tenancy.base import MerchantModel
from tenancy.models import Membership
from tenancy.scope import current_merchant_id

BLANK = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """A route and the names and kinds of its blanks."""

    route: str

    @property
    def ids(self) -> list[str]:
        """Return the names of the blanks that take an id."""
        return [name for kind, name in BLANK.findall(self.route) if kind == "uuid"]

    def path(self, merchant: str, row: uuid.UUID | None = None) -> str:
        """Return the address with its blanks filled."""

        def fill(found: re.Match[str]) -> str:
            kind, name = found.group(1), found.group(2)
            if name == "merchant":
                return merchant
            return str(row) if kind == "uuid" else {"int": "1"}.get(kind or "str", "x")

        return "/" + BLANK.sub(fill, self.route)


def staff_addresses() -> list[Address]:
    """Return every address of the merchants' staff."""
    return sorted(
        {Address(route) for route in _routes(get_resolver()) if route.startswith("m/")}, key=lambda a: a.route
    )


def one_row_each() -> dict[str, uuid.UUID]:
    """Return the id of one row of every kind, of the merchant in scope."""
    found: dict[str, uuid.UUID] = {}
    for model in apps.get_models():
        if issubclass(model, (MerchantModel, Membership)):
            # Members are found by people who have no merchant yet, and so not by the merchant's manager.
            rows = model.objects.filter(merchant_id=current_merchant_id())
            row: Any = rows.values_list("id", flat=True).first()
            if row is not None:
                found[model._meta.label] = row
    return found


def _routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield route
