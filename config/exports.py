"""What exports need of their neighbours: lists that stand on the same floor, and words for the ledger's events."""

from typing import Any

from cockpit.timeline import LABELS

# dataset -> the view of its list.
LISTS: dict[str, str] = {"ledger_entries": "cockpit.views.ledger.LedgerPage"}


def events() -> list[tuple[str, Any]]:
    """Return every event of the ledger with its words."""
    return [(name, label.words) for name, label in LABELS.items()]
