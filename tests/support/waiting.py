"""Waiting for what comes a moment after a press: in the database, in the mailbox, or in a page by more than one look.

What a page shows is best waited for by Playwright's own `expect`. To read first and compare later is to read too early
one day: a press is over before its answer is drawn. tests/architecture holds that browser tests read through here.
"""

import time
from collections.abc import Callable
from typing import TypeVar

from playwright.sync_api import Error, Locator, Page

T = TypeVar("T")
# Seconds: only a machine with much else to do takes so long.
PATIENCE = 30.0
PAUSE = 0.05


def until(seen: Callable[[], T], *, page: Page | None = None) -> T:
    """Look again and again until there is something to be seen, and return it; fail with what was seen last.

    With `page`, the browser's own news come in meanwhile: a request that a test holds back, say.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            found: T | Error = seen()
        except Error as gone:
            # The page went away while it was looked at.
            found = gone
        if found and not isinstance(found, Error):
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {PATIENCE:.0f} s in vain; seen last: {found!r}")
        if page:
            page.wait_for_timeout(PAUSE * 1000)
        else:
            time.sleep(PAUSE)


def fits(page: Page, width: int) -> bool:
    """Whether the page is no wider than that: nothing sticks out sideways once it is drawn."""
    return until(lambda: page.evaluate("document.documentElement.scrollWidth") <= width)


def there(found: Locator) -> bool:
    """Whether it stands on a page that was opened by its address; after a press, wait for what the press brings."""
    found.page.wait_for_load_state()
    return found.count() > 0
