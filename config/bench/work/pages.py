"""Single pages at full volume: the overview, a claim, a customer, the ledger, settings; beside a bare page."""

from collections.abc import Iterator
from urllib.parse import urlencode

from claims_center.models import Claim
from config.bench.figures import Line, spread
from config.bench.stage import LARGE, SMALL, Stage

MOST_MS, OVERVIEW_MS = 150, 300


def measure(stage: Stage) -> Iterator[Line]:
    """The Claims Center with its overview over each period, and the pages that are looked at one by one."""
    pages = {slug: dict(_pages(stage, slug)) for slug in (LARGE, SMALL)}
    for name, path in pages[LARGE].items():
        most = OVERVIEW_MS if name.startswith("overview") else MOST_MS
        yield _line(stage, name, path, pages[SMALL][name], most)


def _pages(stage: Stage, slug: str) -> Iterator[tuple[str, str]]:
    home = f"/m/{slug}/"
    with stage.scope(slug):
        claim = Claim.objects.filter(status="processed").order_by("-submitted_at")[0]
        new = Claim.objects.order_by("-submitted_at")[0]
    for days in (7, 30, 90):
        yield f"overview, {days} days", home + "claims/overview/?" + urlencode({"days": days})
    yield "Claims Center, whole page", home + "claims/"
    yield "claim, processed", f"{home}claims/{claim.id}/"
    yield "claim, new", f"{home}claims/{new.id}/"
    yield "customer", f"{home}customers/{claim.customer_id}/"
    yield "ledger", f"{home}ledger/"
    yield "settings", f"{home}settings/general/"


def _line(stage: Stage, name: str, large: str, small: str, most: float) -> Line:
    taken: tuple[list[float], list[float], list[float]] = ([], [], [])
    for turn in range(stage.times + 1):
        found = (
            stage.visitor(LARGE).get(large)[0],
            stage.visitor(SMALL).get(small)[0],
            stage.floor_visitor(LARGE).get(f"/floor/{LARGE}/claims/")[0],
        )
        for times, milliseconds in zip(taken, found, strict=True):
            if turn:
                times.append(milliseconds)
    (half, p95), (few, _), (floor, _) = (spread(times) for times in taken)
    more = {"p95": round(p95, 2), "at_few_rows": round(few, 2)}
    return Line("pages", name, half, "ms", floor, limits=(("p95", p95, most),), more=more)
