"""Browser tests wait for what they read: a press is over before its answer is drawn, and a read takes what is there.

`expect(...)` waits, and so does `until(...)` of tests/support/waiting.py around whatever has to be read otherwise.
"""

import ast
import itertools
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, name, tree
from tests.support.listening import PRESSES, READS, SCRIPTS, TOUCHES

# `page.url` is read like these.
READING = {*READS, *SCRIPTS, "content", "cookies", "title"}
# Whoever acts by the page's own short forms is not made to wait for its scripts.
SHORT_FORMS = {*PRESSES, *TOUCHES, "query_selector", "query_selector_all", "wait_for_selector"} - {"press"}
# Where something is read at once all the same, and why that is right.
AT_ONCE = {
    "tests/support/waiting.py:there": "It asks a page that has loaded what there is.",
    "tests/support/seeing.py:faults": "The one who looks has waited for what is looked at.",
    "tests/support/seeing.py:look": "The one who looks has waited for what is looked at.",
    "tests/accessibility/test_screens.py:probe": "The one who looks has waited for what is looked at.",
    "tests/accessibility/test_keyboard.py:look": "The focus has moved when the key is up.",
    "tests/accessibility/test_keyboard.py:tab_to": "The focus has moved when the key is up.",
    "tests/tutorial/drawing.py:picture": "It is drawn as it is, once its places are to be seen.",
    "tests/tutorial/drawing.py:_area": "It is drawn as it is, once its places are to be seen.",
    "tests/tutorial/drawing.py:_shoot": "It is drawn as it is, once its places are to be seen.",
}
HINT = "put it into expect(...) or until(...)"
NEXT = "wait by expect(...) for what the press brings"


@cache
def modules() -> tuple[Path, ...]:
    """Every module of the tests that has to do with a browser, but for the one that makes it wait."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if ("playwright" in text or "tests.tutorial.drawing" in text) and "architecture" not in path.parts:
            found.append(path)
    return tuple(path for path in found if path.name != "listening.py")


def called(node: ast.AST) -> str:
    """The name of what is called, "" where nothing is."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def is_page(node: ast.AST | None) -> bool:
    """Whether it is a page, by the names that pages have here."""
    known = {"page", "desk", "phone", "customer", "other", "second", "plain", "view", "visitor"}
    return getattr(node, "attr", getattr(node, "id", "")) in known


def reads(node: ast.AST) -> bool:
    """Whether it takes from a page what is there at this moment; rows of the database are counted likewise."""
    if isinstance(node, ast.Attribute):
        return node.attr == "url" and is_page(node.value)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in READING:
        return False
    return node.func.attr not in {"count", "all"} or not (node.args or ".objects" in ast.unparse(node.func))


def waited_for(module: ast.Module) -> set[ast.AST]:
    """All that stands in `until(...)`, and in functions of the module that are asked there."""
    asked = [inner for node in ast.walk(module) if called(node) == "until" for inner in ast.walk(node)]
    names = {node.id for node in asked if isinstance(node, ast.Name)}
    bodies = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef) and node.name in names]
    return {*asked, *(inner for body in bodies for inner in ast.walk(body))}


def harmless(module: ast.Module) -> set[ast.AST]:
    """A script whose answer nobody takes; cookies that another browser is given."""
    scripts = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr) and called(node.value) in SCRIPTS}
    given = {inner for node in ast.walk(module) if called(node) == "add_cookies" for inner in ast.walk(node)}
    return {*scripts, *given}


def functions(module: ast.Module) -> dict[ast.AST, str]:
    """The name of the innermost function around each node."""
    found: dict[ast.AST, str] = {}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef):
            found |= dict.fromkeys(ast.walk(node), node.name)
    return found


def faults(module: ast.Module, where: str) -> Iterator[str]:
    """Say what is read at once, and what follows a press at once."""
    fine, inside = waited_for(module) | harmless(module), functions(module)
    for node in ast.walk(module):
        place = f"{where}:{inside.get(node, '')}"
        if reads(node) and node not in fine and place not in AT_ONCE:
            yield f"{place}: {ast.unparse(node)[-90:]}; {HINT}"
        if called(node) in SHORT_FORMS and is_page(getattr(getattr(node, "func", None), "value", None)):
            yield f"{place}: {ast.unparse(node)[:90]}; use page.locator(...)"
        for block in ("body", "orelse", "finalbody"):
            yield from hasty(getattr(node, block, []), place)


def hasty(block: object, place: str) -> Iterator[str]:
    """Say where a press is followed by a look at what it did, or at the database."""
    statements = block if isinstance(block, list) else []
    for press, after in itertools.pairwise(statements):
        pressed = isinstance(press, ast.Expr) and called(press.value) in {"click", "dblclick", "press", "tap"}
        names = {called(node) for node in ast.walk(after)}
        looks = isinstance(after, ast.Assert) and not names & {"until", "fits"}
        stores = isinstance(after, ast.With) and "merchant_scope" in {called(one.context_expr) for one in after.items}
        if pressed and (looks or stores):
            yield f"{place}: {ast.unparse(press)[-60:]} then {ast.unparse(after)[:60]}; {NEXT}"


def test_wait_for_all_that_is_read() -> None:
    assert [fault for path in modules() for fault in faults(tree(path), name(path))] == []


def test_name_no_place_that_is_gone() -> None:
    known = {f"{name(path)}:{inside}" for path in modules() for inside in set(functions(tree(path)).values())}
    assert set(AT_ONCE) - known == set()


@pytest.mark.parametrize(
    "line",
    [
        "assert page.locator('.row').count() == 8",
        "before = page.url",
        "if row.is_visible(): pass",
        "code = page.get_by_label('Code').input_value()",
        "assert page.evaluate('scrollX') == 0",
        "for box in page.locator('input').all(): pass",
        "page.click('.button')",
        "button.click()\nassert look(page, 'form') == []",
        "button.click()\nwith merchant_scope(shop): Claim.objects.get()",
    ],
)
def test_notice_what_does_not_wait(line: str) -> None:
    assert len(list(faults(ast.parse(line), "a test"))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "expect(page.locator('.row')).to_have_count(8)",
        "address = until(lambda: 'q=' in page.url and page.url)",
        "def shown(): return row.count() > 0\nassert until(shown, page=page)",
        "page.evaluate('window.here = true')",
        "context.add_cookies(page.context.cookies())",
        "assert Claim.objects.filter(status='new').count() == 1",
        "assert 'aab'.count('a') == 2",
        "button.click()\nexpect(row).to_be_visible()\nwith merchant_scope(shop): Claim.objects.get()",
    ],
)
def test_leave_alone_what_waits(line: str) -> None:
    assert list(faults(ast.parse(line), "a test")) == []
