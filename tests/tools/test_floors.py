"""Every top-level package has its floor in pyproject.toml: a stray one fails until somebody gives it one."""

import re
import tomllib

from config.fingerprint import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]


def packages() -> set[str]:
    return {path.parent.name for path in ROOT.glob("*/__init__.py")}


def test_every_package_has_a_floor() -> None:
    (contract,) = SETTINGS["importlinter"]["contracts"]
    floors = {name for layer in contract["layers"] for name in re.findall(r"\w+", layer)}

    assert packages() <= floors


def test_import_linter_reads_every_package() -> None:
    assert set(SETTINGS["importlinter"]["root_packages"]) == packages()


def test_types_are_checked_in_every_package() -> None:
    assert set(SETTINGS["mypy"]["packages"]) == packages()


def test_no_module_stands_outside_the_packages() -> None:
    assert {path.name for path in ROOT.glob("*.py")} == {"manage.py"}
