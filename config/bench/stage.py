"""What every benchmark is given: the volume, the addresses, how often to repeat."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config.bench.web import Visitor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

LARGE, SMALL = "load-1", "load-2"
PASSWORD = "demo-demo-demo"  # noqa: S105 - that of synthetic merchants


@dataclass(slots=True)
class Stage:
    """A large merchant of `rows` rows and a small one beside it, the site's address, and that of the floor's pages.

    `times` is how often a page is fetched, `size` how much other benchmarks do at once; `folder` is for their files.
    `most` is how many pages of a group are visited, nought for all; `lots` how many the sweep expires at once.
    """

    rows: int
    few: int
    times: int
    size: int
    web: str
    floor: str
    folder: Path
    most: int = 0
    lots: int = 0
    _visitors: dict[tuple[str, str], Visitor] = field(default_factory=dict)

    def merchant(self, slug: str = LARGE) -> Merchant:
        """Return one of the two merchants."""
        return Merchant.objects.get(slug=slug)

    @contextmanager
    def scope(self, slug: str = LARGE) -> Iterator[Any]:
        """Open a merchant's scope."""
        with merchant_scope(self.merchant(slug)) as merchant_id:
            yield merchant_id

    def visitor(self, slug: str = LARGE) -> Visitor:
        """Return somebody who is signed in as the owner of a merchant, over HTTP and by the sign-in page."""
        return self._kept(self.web, slug)

    def floor_visitor(self, slug: str = LARGE) -> Visitor:
        """Return the same person, with the same session, at the floor's pages."""
        known = ("floor", slug)
        if known not in self._visitors:
            self._visitors[known] = Visitor(self.floor, self.visitor(slug).cookies)
        return self._visitors[known]

    def _kept(self, address: str, slug: str) -> Visitor:
        if (address, slug) not in self._visitors:
            visitor = Visitor(address)
            visitor.sign_in(f"owner@{slug}.example", PASSWORD)
            self._visitors[address, slug] = visitor
        return self._visitors[address, slug]
