"""What happens to claims behind the scenes."""

import uuid

from django.utils import timezone

from claims_center.rematching import CLAIMS, portion
from claims_center.services import copies, marks, rechecks
from jobs.run import JobRun
from jobs.services import enqueue


def rematch(run: JobRun) -> None:
    """Check a portion of claims again, some at a time, and put down the job for the next portion."""
    with run.scope():
        found = portion(run.payload)
    for start in range(0, len(found.claim_ids), CLAIMS):
        with run.scope():
            some = found.claim_ids[start : start + CLAIMS]
            rechecks.recheck(claim_ids=some, now=timezone.now())
            if "claims" in run.payload:
                # These were named because a number was corrected, or a claim that had it counts no more, or again.
                marks.mark(claim_ids=some, with_others=True)
            run.progress(min(start + CLAIMS, len(found.claim_ids)), len(found.claim_ids))
    if found.following:
        with run.scope():
            key = ":".join(str(value) for value in found.following.values())
            enqueue(kind=run.kind, payload=found.following, dedupe_key=key, now=timezone.now())


def follow_up(run: JobRun) -> None:
    """Do what a claim's funnel does by itself once the order matches."""
    with run.scope():
        rechecks.follow_up(claim_id=uuid.UUID(run.payload["claim"]), now=timezone.now())


def mark_signals(run: JobRun) -> None:
    """Look for signals between the named claims, or go through a portion of all and put down the job for the next."""
    if "after" not in run.payload:
        with run.scope():
            marks.mark(claim_ids=[uuid.UUID(one) for one in run.payload["claims"]], with_others=True)
            marks.mark(claim_ids=[uuid.UUID(one) for one in run.payload["also"]])
        return
    with run.scope():
        last = marks.mark_portion(after=run.payload["after"])
        if last:
            marks.mark_all_later(after=last, now=timezone.now())


def refresh_copies(run: JobRun) -> None:
    """Write a changed name onto the claims that carry a copy of it, a portion at a time."""
    done = 0
    while True:
        with run.scope():
            count = copies.refresh(source=run.payload["source"], source_id=uuid.UUID(run.payload["id"]))
            done += count
            run.progress(done)
        if count == 0:
            return
        run.pause_if_long()
