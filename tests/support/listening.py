"""Nobody presses or reads anything on a page before its scripts have run.

Playwright presses what it finds as soon as that is drawn. A page's scripts run a moment later, on a busy machine a good
moment: by then a key was heard by nobody, and a link that opens a dialog has led to a page of its own, as it does
without scripts. People are slower than that.

And a press is over when the next page has begun to come, not when it is drawn: who counts its rows then finds none. What
is read here is read of a page that has come whole; that it is the page which is meant, only a test can say, by `expect`
or `tests.support.waiting`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal
from weakref import WeakSet

from playwright.sync_api import Keyboard, Locator, Page

PRESSES = ("check", "click", "dblclick", "press", "select_option", "set_checked", "tap", "uncheck")
# They lead nowhere by themselves.
TOUCHES = ("fill", "focus", "hover")
READS = (
    "all",
    "all_inner_texts",
    "all_text_contents",
    "bounding_box",
    "count",
    "get_attribute",
    "inner_html",
    "inner_text",
    "input_value",
    "is_checked",
    "is_disabled",
    "is_editable",
    "is_enabled",
    "is_hidden",
    "is_visible",
    "text_content",
)
# What runs in the page may change it: it is never done twice.
SCRIPTS = ("evaluate", "evaluate_all", "evaluate_handle")
LISTENS: Literal["domcontentloaded"] = "domcontentloaded"
# Pages on which something was pressed since they were last known to listen: they may be on their way to another one.
PRESSED: WeakSet[Page] = WeakSet()

Act = Callable[..., Any]


def has_run(page: Page) -> bool:
    """Whether the page has run its scripts, as far as the browser has told; asks nobody, since every act would pay for it."""
    return LISTENS in page._impl_obj.main_frame._load_states


def hear(page: Page) -> None:
    """Wait until the page has run its scripts."""
    if not has_run(page):
        page.wait_for_load_state(LISTENS)


def when_heard(act: Act, *, presses: bool) -> Act:
    """Return the act, done once its element is there and the page that it stands on has run its scripts."""

    @wraps(act)
    def waiting(self: Locator, *args: Any, **given: Any) -> Any:
        page = self.page
        if page in PRESSED:
            self.wait_for(state="attached", timeout=given.get("timeout"))
            PRESSED.discard(page)
        hear(page)
        if presses:
            PRESSED.add(page)
        return act(self, *args, **given)

    return waiting


def of_a_whole_page(read: Act) -> Act:
    """Return the read, done again where another page began to come meanwhile."""

    @wraps(read)
    def waiting(self: Locator, *args: Any, **given: Any) -> Any:
        while True:
            hear(self.page)
            found = read(self, *args, **given)
            if has_run(self.page):
                return found

    return waiting


def once_it_has_run(script: Act) -> Act:
    """Return the script, run once those of the page have run."""

    @wraps(script)
    def waiting(self: Locator | Page, *args: Any, **given: Any) -> Any:
        hear(self if isinstance(self, Page) else self.page)
        return script(self, *args, **given)

    return waiting


def listen_first() -> None:
    """Let every window of this process wait with keys, presses and reads."""
    keyboard: Callable[[Page], Keyboard] = Page.keyboard.fget  # type: ignore[attr-defined]

    def once_it_listens(self: Page) -> Keyboard:
        hear(self)
        PRESSED.add(self)
        return keyboard(self)

    Page.keyboard = property(once_it_listens)  # type: ignore[assignment,method-assign]
    for name in (*PRESSES, *TOUCHES):
        setattr(Locator, name, when_heard(getattr(Locator, name), presses=name in PRESSES))
    for name in READS:
        setattr(Locator, name, of_a_whole_page(getattr(Locator, name)))
    for name in SCRIPTS:
        setattr(Locator, name, once_it_has_run(getattr(Locator, name)))
    for name in (*SCRIPTS[:1], SCRIPTS[2], "content", "title"):
        setattr(Page, name, once_it_has_run(getattr(Page, name)))
