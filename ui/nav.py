"""The sidebar and the merchant switcher as data: a context processor fills them, `base.html` draws them."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NavItem:
    """One line of the sidebar. `icon` is a lucide name, `count` is drawn as a small number when not None."""

    label: str
    url: str
    icon: str = ""
    active: bool = False
    count: int | None = None


@dataclass(frozen=True)
class NavGroup:
    """Lines under one heading; an empty label draws the lines without a heading."""

    label: str
    items: Sequence[NavItem] = ()


@dataclass(frozen=True)
class MerchantLink:
    """One merchant that the signed-in person may switch to."""

    name: str
    url: str
    current: bool = False
