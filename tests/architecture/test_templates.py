"""Templates that a strict Content-Security-Policy lets work as they are."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, name, templates

MAIL = re.compile(r"/mail/")
FORBIDDEN = {
    "inline style": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "event attribute": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "evaluated htmx": re.compile(r"hx-on|hx-vals=['\"]js:|hx-trigger=['\"][^'\"]*\["),
    "address of another host": re.compile(r"<(?:script|link|img)[^>]*(?:src|href)=['\"]https?://", re.IGNORECASE),
}


@pytest.mark.parametrize("path", [p for p in templates() if not MAIL.search(p.as_posix())], ids=name)
def test_keep_a_template_clean(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", templates(), ids=name)
def test_guard_every_form_that_posts(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    forms = re.findall(r"<form\b[^>]*method=['\"]post['\"].*?</form>", text, re.IGNORECASE | re.DOTALL)
    assert [form[:80] for form in forms if "csrf_token" not in form] == []


def test_keep_scripts_our_own() -> None:
    files = [*(ROOT / "static").rglob("*.js"), *(ROOT / "static").rglob("*.css")]
    longest = {name(path): max(map(len, path.read_text(encoding="utf-8").splitlines()), default=0) for path in files}
    assert {where: size for where, size in longest.items() if size > 400 or ".min." in where} == {}
