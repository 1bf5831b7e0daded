"""The tables: each campaign, product and marketplace with the figures of its own claims."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace
from claims_center.models import Funnel, Product
from claims_center.overview import figures
from claims_center.overview.choice import Choice
from claims_center.overview.figures import Figure, between
from claims_center.tallies.reading import EVER, Counts, Window, ask

# So many rows are shown at first, and so many at most.
FEW, MOST = 6, 300
DEFAULT_SORT = "claims"
COLUMNS = {
    "claims": _("Claims"),
    "processed": _("Processed"),
    "waiting": _("Waiting"),
    "median": _("Median time"),
    "redirect_rate": _("Redirect rate"),
    "conversion": _("Visits to claims"),
}
# The median costs most: it is looked up for the rows that are shown, and sorts nothing.
SORTS = tuple(name for name in COLUMNS if name != "median")
# Counts of the period, and of all time.
Pair = tuple[Counts, Counts]


def _funnel_names(keys: list[str]) -> dict[str, str]:
    rows = Funnel.objects.filter(id__in=map(uuid.UUID, keys)).values_list("id", "name")
    return {str(key): name for key, name in rows}


def _product_names(keys: list[str]) -> dict[str, str]:
    rows = Product.objects.filter(id__in=map(uuid.UUID, keys)).values_list("id", "title")
    return {str(key): title for key, title in rows}


def _marketplace_names(keys: list[str]) -> dict[str, str]:
    return {key: str(Marketplace(key).label) for key in keys}


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the tables: its title, the head of its first column, how keys are named, which figures it has."""

    title: str | Promise
    head: str | Promise
    names: Callable[[list[str]], dict[str, str]]
    columns: tuple[str, ...] = tuple(name for name in COLUMNS if name != "conversion")


KINDS = {
    "funnel": Kind(_("By campaign"), _("Campaign"), _funnel_names, tuple(COLUMNS)),
    "product": Kind(_("By product"), _("Product"), _product_names),
    "marketplace": Kind(_("By marketplace"), _("Marketplace"), _marketplace_names),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One campaign, product or marketplace; the name leads to its claims of the period."""

    key: str
    name: str
    query: str
    figures: list[Figure]
    # How long the bar under the name is, of a hundred.
    share: int


@dataclass(frozen=True, slots=True)
class Head:
    """A column: what it shows, and whether the rows can be, or are, sorted by it."""

    name: str
    label: str | Promise
    sortable: bool
    sorted: bool
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table's largest rows, and how many there are altogether."""

    name: str
    kind: Kind
    heads: list[Head]
    rows: list[Row]
    total: int
    shows_all: bool
    all_address: str
    few_address: str
    few: int = FEW

    @property
    def has_more(self) -> bool:
        """Say whether "show all" would show more."""
        return not self.shows_all and self.total > len(self.rows)

    @property
    def is_cut(self) -> bool:
        """Say whether there are more than can be shown."""
        return self.shows_all and self.total > len(self.rows)


def tables(choice: Choice, *, sort: str, in_full: str, address: Callable[..., str]) -> list[Table]:
    """Return the three tables of a period, sorted by one of SORTS, largest first; `in_full` names one to show whole.

    `address(by=, all=)` is the overview's own. Two statements count, one more each names campaigns and products.
    Raises BeingCounted.
    """
    windows = [Window.of("now", choice.period), Window(EVER)]
    found = ask("totals", dimensions=list(KINDS), windows=windows).totals
    counts = {name: _of_kind(found, name) for name in KINDS}
    shown = {name: _largest(counts[name], choice, sort, MOST if name == in_full else FEW) for name in KINDS}
    keys = [key for chosen in shown.values() for key in chosen]
    took = ask("took", dimensions=list(KINDS), keys=keys, windows=windows[:1]).medians if keys else {}
    return [
        Table(
            name,
            kind,
            [_head(head, sort, address) for head in kind.columns],
            _rows(name, shown[name], counts[name], took, choice),
            total=len(counts[name]),
            shows_all=name == in_full,
            all_address=address(all=name),
            few_address=address(all=""),
        )
        for name, kind in KINDS.items()
    ]


def _rows(
    name: str, shown: list[str], counts: dict[str, Pair], took: dict[tuple[str, str, str], timedelta], choice: Choice
) -> list[Row]:
    kind = KINDS[name]
    names = kind.names(shown) if shown else {}
    top = max((figures.claims_in(now) for now, _ever in counts.values()), default=0) or 1
    rows = []
    for key in shown:
        now, ever = counts[key]
        cells = _figures(now, ever, choice, [(name, key)], took.get(("now", name, key)))
        query = urlencode([*between("submitted", choice.period), (name, key)])
        share = round(100 * figures.claims_in(now) / top)
        rows.append(Row(key, names.get(key, key), query, [cells[one] for one in kind.columns], share))
    return rows


def _of_kind(found: dict[tuple[str, str, str], Counts], name: str) -> dict[str, Pair]:
    """Return the counts of the period and of all time, of each key that has anything to show."""
    keys = {key for _title, part, key in found if part == name}
    pairs = {key: (found.get(("now", name, key), {}), found.get((EVER, name, key), {})) for key in keys}
    return {key: (now, ever) for key, (now, ever) in pairs.items() if any(now.values()) or figures.waiting_in(ever)}


def _largest(counts: dict[str, Pair], choice: Choice, sort: str, most: int) -> list[str]:
    def rank(key: str) -> tuple[float, int, str]:
        now, ever = counts[key]
        return -_figures(now, ever, choice, [], None)[sort].rank, -figures.claims_in(now), key

    return sorted(counts, key=rank)[:most]


def _figures(
    now: Counts, ever: Counts, choice: Choice, more: figures.Pairs, took: timedelta | None
) -> dict[str, Figure]:
    period = choice.period
    return {
        "claims": figures.claims(now, period, more),
        "processed": figures.processed(now, period, more),
        "waiting": figures.waiting(ever, more),
        "median": figures.median(took, now, period, more),
        "redirect_rate": figures.redirect_rate(now, period, more),
        "conversion": figures.conversion(now, period, more),
    }


def _head(name: str, sort: str, address: Callable[..., str]) -> Head:
    return Head(name, COLUMNS[name], name in SORTS, name == sort, address(by=name))
