"""What became of the claims of a bulk act, as its page shows it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from claims_center.bulk.acts import ACTS, DONE, OUTCOMES, Act
from claims_center.models import Claim
from jobs.models import Job
from jobs.states import State

# Rows that the page lists; the counts are of all.
SHOWN = 500


@dataclass(frozen=True, slots=True)
class Row:
    """One claim and its outcome in words."""

    claim: Claim
    done: bool
    words: Any


@dataclass(frozen=True, slots=True)
class Result:
    """A bulk act's counts and rows so far."""

    act: Act
    moving: bool
    failed: bool
    total: int
    done: int
    skips: list[tuple[Any, int]]
    rows: list[Row]

    @property
    def skipped(self) -> int:
        """Return how many claims were skipped."""
        return sum(number for _words, number in self.skips)


def result_of(job: Job) -> Result:
    """Return what a bulk job has done so far, what was skipped first, by one query for the rows."""
    ids, outcomes = job.payload["claims"], job.result.get("outcomes", "")
    counted = Counter(outcomes)
    moving = job.state in (State.DUE, State.RUNNING)
    return Result(
        act=ACTS[job.payload["act"]],
        moving=moving,
        failed=job.state in (State.DEAD, State.CANCELLED),
        total=len(ids),
        done=counted.pop(DONE, 0),
        skips=[(OUTCOMES[letter], number) for letter, number in counted.most_common()],
        rows=[] if moving else _rows(ids, outcomes),
    )


def _rows(ids: list[str], outcomes: str) -> list[Row]:
    paired = sorted(zip(ids, outcomes, strict=False), key=lambda pair: pair[1] == DONE)[:SHOWN]
    claims = {str(claim.id): claim for claim in Claim.objects.filter(id__in=[one for one, _letter in paired])}
    return [Row(claims[one], letter == DONE, OUTCOMES[letter]) for one, letter in paired if one in claims]
