"""How a list is drawn: which columns in which order, how high its rows are, how many of them.

Each of these is looked for in the address first, then in the layers that the page names (a saved view, what the person
chose before), then it is the list's own. What a layer says and the list does not know any more counts as not said.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from ui.tables import Table

DENSITIES = ("comfortable", "compact")
# Between the names of columns in an address: needs no escaping and stands in no name.
BETWEEN = "."
MOST_COLUMNS = 100


@dataclass(frozen=True)
class Display:
    """What a list is drawn with; `columns` are the shown ones in their order."""

    columns: tuple[str, ...]
    density: str
    page_size: int

    def as_layer(self) -> dict[str, Any]:
        """Return it as a layer for another time."""
        return {"columns": list(self.columns), "density": self.density, "page_size": self.page_size}


def layer_of(data: QueryDict) -> dict[str, Any]:
    """Return what an address says."""
    found: dict[str, Any] = {name: data[name] for name in ("density", "page_size") if data.get(name)}
    columns = columns_of(data)
    return found | {"columns": columns} if columns else found


def columns_of(data: QueryDict) -> list[str]:
    """Return the columns that an address names: `columns=a.b.c`, or each in a parameter of its own."""
    names = [name for value in data.getlist("columns") for name in value.split(BETWEEN) if name]
    return list(dict.fromkeys(names))[:MOST_COLUMNS]


def as_parameter(columns: Iterable[str]) -> str:
    """Return columns as one parameter."""
    return BETWEEN.join(columns)


def as_text(drawn: Display) -> str:
    """Return it as one line, by which a form that comes back says what it began with."""
    return f"{drawn.density} {drawn.page_size} {as_parameter(drawn.columns)}"


def resolve(layers: Sequence[Mapping[str, Any]], table: type[Table], page_sizes: Sequence[int]) -> Display:
    """Return what the first layer that is understood says about each; the list's own where none is."""
    sizes = {str(size): size for size in page_sizes}
    size = _first(layers, "page_size", lambda value: sizes.get(str(value)))
    density = _first(layers, "density", lambda value: value if value in DENSITIES else None)
    columns = _first(layers, "columns", lambda value: table.shown(value) if _are_names(value) else None)
    return Display(columns or table.shown(()), density or DENSITIES[0], size or page_sizes[0])


def changes(posted: QueryDict, table: type[Table], page_sizes: Sequence[int]) -> dict[str, Any]:
    """Return what a posted form of `ui/list/display.html` changes, as a layer; None for what is reset.

    The form says in `was` what it began with, so that a field that was left alone does not count as chosen.
    """
    density, size, columns = ([*posted.get("was", "").split(" "), "", "", ""])[:3]
    chosen, sizes = table.shown(_moved(posted)), {str(one): one for one in page_sizes}
    new_density, new_size = str(posted.get("density", "")), str(posted.get("page_size", ""))
    found: dict[str, Any] = {}
    if posted.get("reset"):
        found["columns"] = None
    elif posted.getlist("columns") and as_parameter(chosen) != columns:
        found["columns"] = list(chosen)
    if new_density in DENSITIES and new_density != density:
        found["density"] = new_density
    if new_size in sizes and new_size != size:
        found["page_size"] = sizes[new_size]
    return found


def _moved(posted: QueryDict) -> list[str]:
    """Return the ticked columns in the posted order, one of them moved by a place where a button says so."""
    ticked = columns_of(posted)
    order = [name for name in posted.getlist("order") if name in ticked] or ticked
    name, _colon, way = posted.get("move", "").partition(":")
    if name in order:
        place = order.index(name) + (-1 if way == "up" else 1)
        order.remove(name)
        order.insert(max(0, place), name)
    return order


def unknown_columns(layer: Mapping[str, Any], table: type[Table]) -> list[str]:
    """Return the columns of a layer that the table does not have."""
    asked: Any = layer.get("columns")
    return [name for name in asked if name not in table.known()] if _are_names(asked) else []


def _are_names(value: Any) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def _first(layers: Sequence[Mapping[str, Any]], name: str, read: Callable[[Any], Any]) -> Any:
    for layer in layers:
        found = read(layer[name]) if name in layer else None
        if found:
            return found
    return None
