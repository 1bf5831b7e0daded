"""What a visit to a funnel leaves behind: the time of each step, and what was typed so far."""

import uuid
from datetime import datetime
from typing import Any

from claims_center import tallies
from claims_center.models import Funnel, Journey, Step, Via


def begin(*, funnel: Funnel, now: datetime, via: Via = Via.DIRECT) -> Journey:
    """Count a visit: makes the journey of one browser through one funnel. `now` is UTC."""
    journey: Journey = Journey.made_with(funnel=funnel, visited_at=now, via=via)
    journey.save(force_insert=True)
    tallies.visited(journey=journey)
    return journey


def keep_draft(
    *,
    journey: Journey,
    draft: dict[str, Any],
    now: datetime,
    reached: Step | None = None,
    product_id: uuid.UUID | None = None,
) -> Journey:
    """Keep what was typed, which product was chosen and, the first time only, when a step was reached. `now` is UTC.

    A journey whose claim is in already keeps nothing: its draft was emptied on purpose.
    """
    values: dict[str, Any] = {"draft": draft}
    column = f"{reached.value}_at" if reached else ""
    if column and getattr(journey, column) is None:
        values[column] = now
    if product_id is not None:
        values["product_id"] = product_id
    open_ones = Journey.objects.filter(pk=journey.pk, submitted_at__isnull=True)
    if reached == Step.STARTED and open_ones.filter(started_at__isnull=True).update(started_at=now):
        # Of two pages of one visit, one counts it.
        tallies.started(journey=journey)
    changed = open_ones.update(**values)
    if changed:
        for name, value in values.items():
            setattr(journey, name, value)
    return journey


def lock(*, journey: Journey) -> Journey:
    """Hold the journey until the transaction ends, so that of several identical posts one does the work."""
    found: Journey = Journey.objects.select_for_update().get(pk=journey.pk)
    return found
