"""What a check found wrong. Document rooms return the same from their own checks."""

import uuid
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

# More of one kind say nothing new.
MOST_PER_CHECK = 50


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not add up: which check, what about it, and the ids to look at (by what they are of)."""

    check: str
    detail: str
    ids: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of checking one merchant's books."""

    merchant_id: uuid.UUID
    checked_at: datetime
    findings: list[Finding]
    counts: dict[str, int]

    @property
    def ok(self) -> bool:
        """Say whether everything adds up."""
        return not self.findings

    def as_json(self) -> dict[str, Any]:
        """Return the report in plain values."""
        return {
            "merchant": str(self.merchant_id),
            "checked_at": self.checked_at.isoformat(),
            "ok": self.ok,
            "counts": self.counts,
            "findings": [asdict(finding) for finding in self.findings],
        }
