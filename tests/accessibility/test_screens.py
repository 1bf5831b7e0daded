"""Each screen, tried as people with different needs meet it."""

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from tests.accessibility import tree
from tests.accessibility.conftest import Desk
from tests.support.seeing import CONTRAST, RULES, faults
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PROBES = Path(__file__).with_name("probes.js").read_text(encoding="utf-8")
# 1280 by 1024 pixels at 400 per cent.
ZOOMED = {"width": 320, "height": 256}
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
# Screens that no other test looks at with axe.
OURS = ("help", "help page", "tour")


def probe(page: Page, call: str) -> list[str]:
    """Run one of the probes in the page."""
    page.evaluate(PROBES)
    found: list[str] = page.evaluate(f"window.probes.{call}()")
    return found


def test_suit_whoever_comes(desk: Desk) -> None:
    """One visit of each screen, looked at as a screen reader, at four times the size, by a thumb, and so on."""
    found = {}
    for name in desk.names:
        desk.page.set_viewport_size(DESK)  # type: ignore[arg-type]
        desk.open(name)
        found[name] = look(desk.page, name)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert desk.complaints == []


def look(page: Page, name: str) -> list[str]:
    """Return all that is wrong with the open screen."""
    found = [f"screen reader: {one}" for one in spoken(page, name)]
    found += [f"moves: {one}" for one in probe(page, "moving")]
    page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
    found += [f"at 400 per cent: {one}" for one in probe(page, "sideways")]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    found += [f"on a phone: {one}" for one in probe(page, "sideways") + probe(page, "targets")]
    page.evaluate("window.probes.space()")
    found += [f"spaced out, on a phone: {one}" for one in probe(page, "sideways") + probe(page, "cut")]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found + [f"spaced out: {one}" for one in probe(page, "sideways") + probe(page, "cut")]


def spoken(page: Page, name: str) -> list[str]:
    """Return what is wrong with what a screen reader is told."""
    nodes = tree.tree_of(page)
    found = tree.nameless(nodes) + tree.tables(nodes) + tree.headings(nodes, dialog=name == "tour")
    return found if name == "tour" else found + tree.landmarks(nodes)


def test_show_what_is_chosen_where_the_system_chooses_the_colours(desk: Desk) -> None:
    desk.page.emulate_media(forced_colors="active")
    desk.open("claims")
    for place in (".tabs a", ".nav a"):
        here = desk.page.locator(f"{place}[aria-current]").first
        other = desk.page.locator(f"{place}:not([aria-current])").first
        assert until(partial(differ, here, other)), place


def differ(one: Locator, other: Locator) -> bool:
    """Whether they stand on different colours."""
    colours = {place.evaluate("e => getComputedStyle(e).backgroundColor") for place in (one, other)}
    return len(colours) == 2


def test_satisfy_the_rules_in_the_light_and_in_the_dark(desk: Desk) -> None:
    found = {}
    for name in OURS:
        desk.open(name)
        desk.page.emulate_media(color_scheme="light")
        light = faults(desk.page, RULES)
        desk.page.emulate_media(color_scheme="dark")
        found[name] = light + [f"in the dark: {one}" for one in faults(desk.page, CONTRAST)]
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_notice_what_is_wrong(desk: Desk) -> None:
    """The probes find what they are there to find."""
    desk.open("claims")
    page = desk.page
    page.evaluate(
        """() => {
        const add = (html, into) => into.insertAdjacentHTML("beforeend", html);
        const bad = '<h4>Deep</h4><div><button id="tiny"></button><button id="tiny-2"></button></div>'
            + '<p id="wide">Widewidewidewidewidewide</p><table><tr><td>1</td></tr></table><main></main>';
        add(bad, document.querySelector(".head"));
        const set = (id, values) => Object.assign(document.getElementById(id).style, values);
        for (const id of ["tiny", "tiny-2"]) set(id, { width: "9px", height: "9px", padding: "0", minHeight: "0", flex: "none" });
        set("wide", { width: "2000px", flex: "none", transition: "color 1s" });
        set("tiny", { transition: "color 1s" });
    }"""
    )
    nodes = tree.tree_of(page)
    assert any("button" in one for one in tree.nameless(nodes))
    assert tree.headings(nodes, dialog=False) == ["heading 4 follows 1"]
    assert tree.landmarks(nodes) == ["twice: ('main', '')", "not one main"]
    assert any("#wide" in one for one in probe(page, "sideways"))
    assert any("#tiny" in one for one in probe(page, "targets"))
    assert any("#tiny" in one for one in probe(page, "moving"))
    page.evaluate("Object.assign(document.querySelector('.head h1').style, {height: '10px', overflow: 'hidden'})")
    assert any("h1" in one for one in probe(page, "cut"))
