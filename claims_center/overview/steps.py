"""How far visitors of one campaign came."""

import uuid
from dataclasses import dataclass

from claims_center.overview.figures import claims_in
from claims_center.tallies.reading import Window, ask
from ui.filters import Period


@dataclass(frozen=True, slots=True)
class FunnelSteps:
    """Of a period's visits and claims of one campaign: how many came how far.

    Visits count by the day they began, `started` those that went on; claims by the day they came in, `shared` and
    `processed` (as they stand now) among them.
    """

    visits: int
    started: int
    submitted: int
    shared: int
    processed: int


def funnel_steps(*, funnel_id: uuid.UUID, period: Period) -> FunnelSteps:
    """Return the steps of a campaign over days of the active time zone. Raises BeingCounted (see `tallies.reading`)."""
    found = ask("totals", windows=[Window.of("now", period)], dimensions=["funnel"]).totals
    counts = found.get(("now", "funnel", str(funnel_id)), {})
    return FunnelSteps(
        visits=counts.get("visited", 0),
        started=counts.get("started", 0),
        submitted=claims_in(counts),
        shared=counts.get("redirected", 0),
        processed=counts.get("processed", 0),
    )
