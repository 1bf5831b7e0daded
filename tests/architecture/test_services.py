"""Services are the only verbs: keyword-only, typed, and documented with their effects."""

import ast
from pathlib import Path

import pytest

from tests.architecture.house import ROOMS, ROOT, functions, length, name, tree


def service_modules() -> list[Path]:
    found = []
    for room in ROOMS:
        found += list((ROOT / room).glob("services.py"))
        found += [path for path in (ROOT / room / "services").glob("*.py") if path.stem != "__init__"]
    return sorted(found)


def public(path: Path) -> list[ast.FunctionDef]:
    return [n for n in tree(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


@pytest.mark.parametrize("path", service_modules(), ids=name)
def test_call_services_by_keyword(path: Path) -> None:
    positional = [n.name for n in public(path) if n.args.args or n.args.posonlyargs]
    # A pure helper of one or two values may be called by position; it changes nothing.
    assert [found for found in positional if found not in PURE] == []


@pytest.mark.parametrize("path", service_modules(), ids=name)
def test_document_every_service(path: Path) -> None:
    assert [n.name for n in public(path) if len(ast.get_docstring(n) or "") < 20] == []


@pytest.mark.parametrize("path", service_modules(), ids=name)
def test_keep_services_short(path: Path) -> None:
    assert [n.name for n in functions(path) if length(n) > 60] == []


PURE = {"search_words"}
