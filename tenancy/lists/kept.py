"""What one person keeps of one list, in one query: their own settings and the views that they may see."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tenancy.prepared import prepared_cursor
from tenancy.scope import current_merchant_id

# The setting that holds for every list (row height, page size), and those of one list.
EVERYWHERE = "lists"

# Written out: every list asks it, and putting it together from query sets costs more than its answer.
STATEMENT = """
SELECT id, user_id, name, NULL::text AS query, NULL::boolean AS shared, value AS holds
FROM tenancy_userpreference
WHERE merchant_id = %s AND user_id = %s AND name = ANY(%s::text[])
UNION ALL
SELECT id, user_id, name, query, shared, display
FROM tenancy_savedview
WHERE merchant_id = %s AND list_name = %s AND (user_id = %s OR shared)
"""


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
    merchant_id = current_merchant_id()
    names = [EVERYWHERE, setting_of(list_name)]
    with prepared_cursor() as cursor:
        cursor.execute(STATEMENT, [merchant_id, user_id, names, merchant_id, list_name, user_id])
        rows = cursor.fetchall()
    chosen: dict[str, Mapping[str, Any]] = {}
    found: list[View] = []
    for key, owner, name, query, shared, holds in rows:
        value = _mapping(json.loads(holds or "null"))
        is_setting = query is None
        if is_setting:
            chosen[name] = value
        else:
            found.append(View(key, owner, name, query, shared, value))
    here = chosen.get(setting_of(list_name), {})
    return Kept(chosen.get(EVERYWHERE, {}), here, _in_order(found, here))


def _in_order(views: list[View], here: Mapping[str, Any]) -> list[View]:
    order = here.get("order")
    places = {key: place for place, key in enumerate(order)} if isinstance(order, list) else {}
    return sorted(views, key=lambda view: (places.get(str(view.id), len(places)), view.id))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
