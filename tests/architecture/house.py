"""What the architecture tests read: the house's rooms, files and syntax trees."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "config",
    "cockpit",
    "pos",
    "exports",
    "guide",
    "claims_center",
    "loyalty",
    "offers",
    "triggers",
    "ledger",
    "codes",
    "messaging",
    "customers",
    "jobs",
    "tenancy",
    "ui",
)
# Folders at the top that hold no Python of the application.
OTHER = {"templates", "static", "tests", "docs", "locale", "requirements"}


@cache
def modules() -> tuple[Path, ...]:
    """Return every module of the application, without migrations."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


@cache
def tree(path: Path) -> ast.Module:
    """Return a module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    """Return a path as it reads from the top of the house."""
    return path.relative_to(ROOT).as_posix()


@cache
def marked(path: Path) -> tuple[ast.AST, ...]:
    """Return every function and every call of a module; to go through all of it takes seconds for the whole house."""
    kinds = {ast.FunctionDef, ast.AsyncFunctionDef, ast.Call}
    return tuple(node for node in ast.walk(tree(path)) if type(node) in kinds)


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function and method of a module."""
    return [node for node in marked(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def calls(path: Path) -> list[ast.Call]:
    """Return every call that a module makes."""
    return [node for node in marked(path) if isinstance(node, ast.Call)]


def length(node: ast.stmt) -> int:
    """Return the number of lines of a definition, its docstring left out."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    body = getattr(node, "body", [])
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines


def templates() -> list[Path]:
    """Return every template."""
    return sorted((ROOT / "templates").rglob("*.html"))
