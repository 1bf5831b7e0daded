"""Looking at a page in a browser: at two widths, light and dark, with axe, and nothing said on the console."""

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What keeps the rules is not listed: telling of it takes longer than finding it.
    "resultTypes": ["violations"],
}
CONTRAST = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
# Nearly every text has one of a handful of colours; axe would read each anew, which is a third of its work.
READ_COLOURS_ONCE = """() => {
    const { Color } = axe.commons.color, parse = Color.prototype.parseString, known = new Map();
    Color.prototype.parseString = function (text) {
        if (known.has(text)) return Object.assign(this, known.get(text));
        const { r, g, b, alpha } = parse.call(this, text);
        known.set(text, { r, g, b, alpha });
        return this;
    };
}"""
RUN = "([inside, rules]) => axe.run(inside ?? document, rules).then(found => found.violations)"
WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}
# Where pictures go, for people who want to look at them.
PICTURES = os.environ.get("SCREENSHOTS", "")


def enter(page: Page, server: str, client: Client) -> list[str]:
    """Give the browser the client's session; return the list that complaints will be put into."""
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
    complaints: list[str] = []
    page.on("console", lambda one: complaints.append(one.text) if one.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_default_timeout(30_000)
    return complaints


def faults(page: Page, rules: dict[str, Any], inside: str | None = None) -> list[str]:
    """What axe finds, in the page or inside one element: rule, place and reason."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(READ_COLOURS_ONCE)
    found: list[dict[str, Any]] = page.evaluate(RUN, [inside, rules])
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def look(page: Page, name: str) -> list[str]:
    """Look at the open page at both widths in light and dark; return what axe finds and what sticks out sideways."""
    found: list[str] = []
    for width, (across, down) in WIDTHS.items():
        page.set_viewport_size({"width": across, "height": down})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            # What differs in the dark are colours alone.
            found += [f"{width} {scheme} {fault}" for fault in faults(page, RULES if scheme == "light" else CONTRAST)]
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width}: scrolls sideways")
    return found
