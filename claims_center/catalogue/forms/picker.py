"""Choosing products and their order: works for hundreds of them, by buttons of the form itself, without scripts too."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_center.models import Product

MOST = 300
FOUND = 12
# The picker's own buttons, each with the product that it is about.
ACTS = ("add", "remove", "up", "down")


class OrderedProducts(forms.Field):
    """The ids of the chosen products in their order: one hidden field, or one for each."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Product]:
        """Return the products in their order; raise ValidationError for one that cannot be chosen, or too many."""
        ids = ids_in(value or ())
        if len(ids) > MOST:
            raise ValidationError(_("At most %(most)s products."), params={"most": MOST})
        known = Product.objects.in_bulk(ids)
        if len(known) < len(ids):
            raise ValidationError(_("One of the products is not there any more. Look at the list again."))
        return [known[one] for one in ids]


def ids_in(values: Iterable[str]) -> list[uuid.UUID]:
    """Return the ids that are written there, each once; what is none is left out."""
    found: dict[uuid.UUID, None] = {}
    for text in ",".join(str(value) for value in values).split(","):
        try:
            found[uuid.UUID(text.strip())] = None
        except ValueError:
            continue
    return list(found)


@dataclass(slots=True)
class Picker:
    """What stands in the picker: the chosen products, and those that were looked for."""

    chosen: list[Product] = field(default_factory=list)
    found: list[Product] = field(default_factory=list)
    query: str = ""
    more: int = 0

    @property
    def value(self) -> str:
        """Return the chosen ids as the hidden field holds them."""
        return ",".join(str(one.pk) for one in self.chosen)


def picker(ids: Iterable[uuid.UUID], query: str = "") -> Picker:
    """Return the picker with these products chosen; the others are found by part of title or SKU, in two queries."""
    wanted = list(ids)[:MOST]
    known = Product.objects.in_bulk(wanted)
    rows = Product.objects.filter(archived_at__isnull=True).exclude(pk__in=wanted).order_by("title", "id")
    text = query.replace("\x00", "").strip()[:80]
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(sku__icontains=text))
    found = list(rows[: FOUND + 1])
    return Picker([known[one] for one in wanted if one in known], found[:FOUND], text, max(0, len(found) - FOUND))


def is_pressed(posted: Mapping[str, Any]) -> bool:
    """Tell whether a button of the picker was pressed, and not the form's own."""
    return "find" in posted or any(act in posted for act in ACTS)


def press(posted: Any) -> Picker:
    """Return the picker after the button that was pressed."""
    ids = ids_in(posted.getlist("products"))
    for act in ACTS:
        for one in ids_in(posted.getlist(act)):
            ids = _after(act, one, ids)
    return picker(ids, posted.get("product_query", ""))


def _after(act: str, one: uuid.UUID, ids: list[uuid.UUID]) -> list[uuid.UUID]:
    if act == "add":
        return ids if one in ids or not Product.objects.filter(pk=one).exists() else [*ids, one]
    if one not in ids:
        return ids
    place = ids.index(one)
    rest = [other for other in ids if other != one]
    if act == "remove":
        return rest
    rest.insert(max(0, place - 1) if act == "up" else place + 1, one)
    return rest
