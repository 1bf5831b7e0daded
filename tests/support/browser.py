"""A Chromium of the system, driven by Playwright (marker `browser`)."""

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.listening import listen_first

# What is waited for goes on as soon as it is there; only a machine with much else to do takes so long.
expect.set_options(timeout=30_000)
listen_first()

# The one without windows of its own first: it opens a page in half the time, and draws it by the same code.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A whole Chromium draws its own address bar, a page with a process of its own, for each window that a test opens; that
# takes longer than most tests. The browser heeds the last such list alone: the others are Playwright's own.
SWITCHED_OFF = [
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
]
FLAGS = [
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = "No Chromium found: browser tests are skipped (REQUIRE_BROWSER=1 makes this an error)."


def chromium() -> str | None:
    """The path of a Chromium or Chrome, if there is one."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where no browser is, unless one is required."""
    if chromium() is None and os.environ.get("REQUIRE_BROWSER") != "1":
        for item in items:
            if item.get_closest_marker("browser"):
                item.add_marker(pytest.mark.skip(reason=MISSING))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Close every window before anything is cleared away: a page that looks again by itself asks nobody any more."""
    browser = getattr(item, "funcargs", {}).get("browser")
    for context in list(browser.contexts) if browser else ():
        context.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, in a line of its own, that browser tests did not run."""
    skipped = terminalreporter.stats.get("skipped", [])
    if any(MISSING in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(MISSING)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """How Playwright starts the browser."""
    found = chromium()
    if found is None:
        pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium on this machine.")
    # Playwright's loop runs in the thread of the test; Django would refuse every query there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return {"executable_path": found, "args": FLAGS}


@pytest.fixture
def browser_context_args() -> dict[str, Any]:
    """A desktop window; English, so that texts can be named in tests."""
    return {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", "reduced_motion": "reduce"}
