"""The accessibility tree as Chromium hands it to a screen reader."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

# What can be used, and what a person who cannot see it is told first: its name.
NAMED = {
    "button",
    "link",
    "textbox",
    "searchbox",
    "checkbox",
    "radio",
    "combobox",
    "listbox",
    "spinbutton",
    "slider",
    "table",
    "dialog",
    "region",
    "progressbar",
    "img",
    "image",
    "DisclosureTriangle",
}


@dataclass
class Node:
    """One node that is not ignored: role, name, and what else is known of it."""

    role: str
    name: str
    level: int = 0
    states: dict[str, Any] = field(default_factory=dict)
    parents: tuple[str, ...] = ()


def tree_of(page: Page) -> list[Node]:
    """Return the page's nodes in their order."""
    session = page.context.new_cdp_session(page)
    session.send("Accessibility.enable")
    raw: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {one["nodeId"]: one for one in raw}
    return list(_walk(by_id, raw[0], ()))


def _walk(by_id: dict[str, Any], one: dict[str, Any], parents: tuple[str, ...]) -> Any:
    role = one.get("role", {}).get("value", "")
    if not one.get("ignored"):
        states = {each["name"]: each["value"].get("value") for each in one.get("properties", [])}
        name = one.get("name", {}).get("value", "")
        yield Node(role, name, int(states.get("level") or 0), states, parents)
        parents = (*parents, role)
    for child in one.get("childIds", []):
        if child in by_id:
            yield from _walk(by_id, by_id[child], parents)


def nameless(nodes: list[Node]) -> list[str]:
    """Return what can be used and has no name."""
    return [f"no name: {node.role} in {node.parents[-3:]}" for node in nodes if node.role in NAMED and not node.name]


def headings(nodes: list[Node], *, dialog: bool) -> list[str]:
    """Return what is wrong with the headings: not one first one, or levels left out."""
    levels = [node.level for node in nodes if node.role == "heading"]
    found = [] if dialog or levels.count(1) == 1 else [f"{levels.count(1)} headings of level 1"]
    steps = zip([0 if not dialog else 1, *levels], levels, strict=False)
    return found + [f"heading {after} follows {before}" for before, after in steps if after > before + 1]


def landmarks(nodes: list[Node]) -> list[str]:
    """Return what is wrong with the landmarks: one main, and no two of a kind with the same name.

    A form is a landmark only where it has a name.
    """
    kinds = {"main", "banner", "navigation", "complementary", "search", "contentinfo", "form", "region"}
    marks = [(node.role, node.name) for node in nodes if node.role in kinds and (node.name or node.role != "form")]
    twice = {mark for mark in marks if marks.count(mark) > 1}
    return [f"twice: {mark}" for mark in sorted(twice)] + ([] if marks.count(("main", "")) == 1 else ["not one main"])


def tables(nodes: list[Node]) -> list[str]:
    """Return what is missing where a table has cells: headers of columns or rows, of both where it is a list."""
    if not any(node.role in {"cell", "gridcell"} for node in nodes):
        return []
    wanted = {"columnheader", "rowheader"}
    missing = wanted - {node.role for node in nodes}
    is_list = any(node.role == "region" and node.name.endswith(", table") for node in nodes)
    return [f"a table without {kind}" for kind in sorted(missing)] if is_list or missing == wanted else []


def said(nodes: list[Node], role: str) -> set[str]:
    """Return the names of all nodes with this role."""
    return {node.name for node in nodes if node.role == role}
