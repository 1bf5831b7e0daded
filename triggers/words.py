"""Why something was given, in words."""

import uuid
from collections.abc import Sequence

from ledger.models import Entry
from triggers.acts import About
from triggers.kit import sources


def because(*, entry_id: uuid.UUID | None, slug: str) -> About | None:
    """Return the act behind what a trigger gave: “Purchase 4711”, with its page; None where no trigger gave it."""
    if entry_id is None:
        return None
    entries = list(Entry.objects.filter(id=entry_id))
    return described(entries, slug=slug).get(entry_id)


def described(entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
    """Return acts in words by their entries; one question for each kind of act."""
    found: dict[uuid.UUID, About] = {}
    for event in {one.event for one in entries}:
        source = sources().get(event)
        if source is not None:
            found |= source.describe([one for one in entries if one.event == event], slug=slug)
    return found
