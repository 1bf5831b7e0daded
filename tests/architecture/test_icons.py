"""Every icon that a template or a module names is there: one that is not fails only on the page that draws it."""

import re
from pathlib import Path
from zipfile import ZipFile

import lucide

from tests.architecture.house import modules, name, templates

IN_TEMPLATES = re.compile(
    r"""{%\s*icon\s+["']([a-z0-9-]+)["']|{%\s*badge\s[^%]*?["'](?:ok|warn|bad|info|mute)["']\s+["']([a-z0-9-]+)["']"""
)
# A tone and its icon, as tables of looks have them, and no key of a mapping; and what parts take by name.
IN_MODULES = re.compile(
    r"""["'](?:ok|warn|bad|info|mute)["'],\s*["']([a-z0-9]+(?:-[a-z0-9]+)*)["'](?!\s*:)|icon["']?\s*[=:]\s*["']([a-z0-9-]+)["']"""
    r"""|cells\.action\([^\n]*,\s*"([a-z0-9-]+)["']"""
)


def known() -> set[str]:
    archive = Path(lucide.__file__).with_name("lucide.zip")
    return {Path(each).stem for each in ZipFile(archive).namelist() if each.endswith(".svg")}


def named(path: Path, pattern: re.Pattern[str]) -> set[str]:
    return {found for pair in pattern.findall(path.read_text(encoding="utf-8")) for found in pair if found}


def test_draw_only_icons_that_exist() -> None:
    icons = known()
    missing = {name(path): named(path, IN_TEMPLATES) - icons for path in templates()}
    missing |= {name(path): named(path, IN_MODULES) - icons for path in modules() if path.parent.name != "config"}
    assert {where: icon for where, icon in missing.items() if icon} == {}
