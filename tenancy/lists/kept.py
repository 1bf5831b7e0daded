"""What one person keeps of one list, in one query: their own settings and the views that they may see."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, CharField, F, Q, Value

from tenancy.models import SavedView, UserPreference
from tenancy.models.lists import LONGEST_QUERY

# The setting that holds for every list (row height, page size), and those of one list.
EVERYWHERE = "lists"


def setting_of(list_name: str) -> str:
    """Return the name of the preference that holds one list's settings."""
    return f"list.{list_name}"


@dataclass(frozen=True, slots=True)
class View:
    """A saved view as a list shows it; `display` is a layer of `ui.display`."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    query: str
    shared: bool
    display: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """`everywhere` and `here` are this person's settings; `views` stand in this person's order."""

    everywhere: Mapping[str, Any]
    here: Mapping[str, Any]
    views: Sequence[View]

    def view(self, key: str) -> View | None:
        """Return the view with this id, if this person may see it."""
        return next((view for view in self.views if str(view.id) == key), None)

    def first(self) -> View | None:
        """Return the view that the list opens with, if this person chose one that is still there."""
        return self.view(str(self.here.get("first", "")))


def kept(*, list_name: str, user_id: uuid.UUID) -> Kept:
    """Return the settings and views of this person for this list; views nobody has put in order come by age."""
    text: Any = CharField(max_length=LONGEST_QUERY)
    names = (EVERYWHERE, setting_of(list_name))
    settings = (
        UserPreference.objects.filter(user=user_id, name__in=names)
        .annotate(
            query=Value(None, output_field=text), shared=Value(None, output_field=BooleanField()), holds=F("value")
        )
        .values_list("id", "user_id", "name", "query", "shared", "holds")
    )
    views = (
        SavedView.objects.filter(Q(user=user_id) | Q(shared=True), list_name=list_name)
        .annotate(holds=F("display"))
        .values_list("id", "user_id", "name", "query", "shared", "holds")
    )
    chosen: dict[str, Mapping[str, Any]] = {}
    found: list[View] = []
    for row in settings.union(views, all=True):
        view = View(*row)
        is_setting = row[3] is None
        if is_setting:
            chosen[view.name] = _mapping(view.display)
        else:
            found.append(view)
    here = chosen.get(setting_of(list_name), {})
    return Kept(chosen.get(EVERYWHERE, {}), here, _in_order(found, here))


def _in_order(views: list[View], here: Mapping[str, Any]) -> list[View]:
    order = here.get("order")
    places = {key: place for place, key in enumerate(order)} if isinstance(order, list) else {}
    return sorted(views, key=lambda view: (places.get(str(view.id), len(places)), view.id))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
