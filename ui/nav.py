"""The sidebar and the merchant switcher as data: a context processor fills them, `base.html` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from ui import cells
from ui.icons import icon


@dataclass(frozen=True)
class NavItem:
    """One line of the sidebar. `icon` is a lucide name, `count` is drawn as a small number when not None."""

    label: str
    url: str
    icon: str = ""
    active: bool = False
    count: int | None = None

    def line(self) -> SafeString:
        """The line as HTML; every page has twenty of them."""
        here = ' aria-current="page"' if self.active else ""
        mark = icon(self.icon) if self.icon else ""
        count = "" if self.count is None else f'<span class="count">{cells.number(self.count)}</span>'
        label = f'<span class="grow">{cells.esc(self.label)}</span>'
        return SafeString(f'<li><a href="{cells.esc(self.url)}"{here}>{mark}{label}{count}</a></li>')


@dataclass(frozen=True)
class NavGroup:
    """Lines under one heading; an empty label draws the lines without a heading."""

    label: str
    items: Sequence[NavItem] = ()

    def lines(self) -> SafeString:
        """All lines as HTML."""
        return SafeString("".join(item.line() for item in self.items))


@dataclass(frozen=True)
class MerchantLink:
    """One merchant that the signed-in person may switch to."""

    name: str
    url: str
    current: bool = False
