"""The size of things: small by default, and a lid on the largest."""

import ast
import statistics
from pathlib import Path

from tests.architecture.house import functions, length, modules, name, templates, tree


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_find_no_module_over_400_lines() -> None:
    assert {name(path): lines(path) for path in modules() if lines(path) > 400} == {}


def test_find_no_function_over_60_lines() -> None:
    long = {f"{name(path)}:{node.name}": length(node) for path in modules() for node in functions(path)}
    assert {where: size for where, size in long.items() if size > 60} == {}


def test_find_no_view_over_20_lines() -> None:
    found = {}
    for path in modules():
        if "views" not in path.stem and "views" not in path.parts:
            continue
        for node in functions(path):
            if length(node) > 20:
                found[f"{name(path)}:{node.name}"] = length(node)
    assert found == {}


def test_find_no_handler_over_15_lines() -> None:
    found = {
        f"{name(path)}:{node.name}": length(node)
        for path in modules()
        if path.stem == "handlers"
        for node in functions(path)
        if length(node) > 15
    }
    assert found == {}


def test_find_no_template_over_150_lines() -> None:
    assert {name(path): lines(path) for path in templates() if lines(path) > 150} == {}


def test_keep_the_medians_small() -> None:
    sizes = [lines(path) for path in modules() if lines(path)]
    bodies = [length(node) for path in modules() for node in functions(path)]
    assert (statistics.median(sizes) <= 80, statistics.median(bodies) <= 8) == (True, True)


def test_annotate_every_function() -> None:
    bare = []
    for path in modules():
        for node in functions(path):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            missing = [arg.arg for arg in arguments if arg.annotation is None and arg.arg not in {"self", "cls"}]
            if node.returns is None or missing:
                bare.append(f"{name(path)}:{node.name}")
    assert bare == []


def test_document_every_public_thing() -> None:
    silent = []
    for path in modules():
        module = tree(path)
        if not ast.get_docstring(module) and module.body:
            silent.append(name(path))
        public = [node for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
        silent += [
            f"{name(path)}:{node.name}"
            for node in public
            if not node.name.startswith("_") and not ast.get_docstring(node)
        ]
    assert silent == []
