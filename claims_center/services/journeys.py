"""What a visit to a funnel leaves behind: the time of each step, and what was typed so far."""

from datetime import datetime
from typing import Any

from claims_center.models import Funnel, Journey, Step


def begin(*, funnel: Funnel, now: datetime) -> Journey:
    """Count a visit: makes the journey of one browser through one funnel. `now` is UTC."""
    journey: Journey = Journey.made_with(funnel=funnel, visited_at=now)
    journey.save(force_insert=True)
    return journey


def keep_draft(*, journey: Journey, draft: dict[str, Any], now: datetime, reached: Step | None = None) -> Journey:
    """Keep what was typed and, the first time only, when a step was reached. `now` is UTC.

    A journey whose claim is in already keeps nothing: its draft was emptied on purpose.
    """
    values: dict[str, Any] = {"draft": draft}
    column = f"{reached.value}_at" if reached else ""
    if column and getattr(journey, column) is None:
        values[column] = now
    changed = Journey.objects.filter(pk=journey.pk, submitted_at__isnull=True).update(**values)
    if changed:
        for name, value in values.items():
            setattr(journey, name, value)
    return journey


def lock(*, journey: Journey) -> Journey:
    """Hold the journey until the transaction ends, so that of several identical posts one does the work."""
    found: Journey = Journey.objects.select_for_update().get(pk=journey.pk)
    return found
