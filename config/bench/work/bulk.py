"""An act on thousands of claims at once, its undo, and a handful of statements that write as many rows."""

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from claims_center.bulk.services import draft, draft_undo, start
from claims_center.models import BulkAct, Claim
from config.bench.figures import Line, spread, timed
from config.bench.stage import LARGE, Stage
from jobs.runner import run_one
from tenancy.actors import Actor
from tenancy.models import User
from tenancy.scope import merchant_scope
from ui.bulk import Selection

MOST_SECONDS, ROUNDS = 20, 5
# What every act writes for a claim at least: its new state and a row of its history.
FLOOR = """
WITH chosen AS (SELECT id FROM claims_center_claim WHERE merchant_id = %(m)s AND status = 'new'
        ORDER BY submitted_at DESC LIMIT %(count)s),
    moved AS (UPDATE claims_center_claim SET status = 'verified', version = version + 1, verified_at = now()
        WHERE merchant_id = %(m)s AND id IN (SELECT id FROM chosen) RETURNING id, version)
INSERT INTO claims_center_claimchange (merchant_id, id, claim_id, seq, event, from_status, to_status, actor, at, reason, detail)
SELECT %(m)s, uuidv7(), id, version, 'claim.verified', 'new', 'verified', 'system', now(), '', '{}' FROM moved
"""


def measure(stage: Stage) -> Iterator[Line]:
    """Verify so many new claims and take it back; the floor is rolled back."""
    with stage.scope():
        new = Claim.objects.filter(status="new").order_by("-submitted_at").values_list("id", flat=True)
        ids = tuple(str(one) for one in new[: stage.size])
    actor = Actor.user(User.objects.get(email=f"owner@{LARGE}.example"))
    acts: list[BulkAct] = []
    took = timed(lambda: acts.append(_act(stage, ids, actor))) / 1000
    undone = timed(lambda: _undo(stage, acts[0], actor)) / 1000
    floor = spread([timed(lambda: _floor(stage, len(ids))) for _ in range(ROUNDS)])[0] / 1000
    with stage.scope():
        done = BulkAct.objects.get(id=acts[0].id).done
    for name, seconds in ((f"verify {done}", took), (f"undo {done}", undone)):
        limits = (("seconds for 10,000", seconds * 10_000 / max(done, 1), MOST_SECONDS),)
        yield Line("bulk", name, seconds, "s", floor, limits=limits)


def _act(stage: Stage, ids: tuple[str, ...], actor: Actor) -> BulkAct:
    given: dict[str, Any] = {"reason": "Measured", "notify": False}
    with stage.scope():
        chosen = Selection(ids=ids, everything=False, query="")
        bulk = draft(act="verify", selection=chosen, actor=actor, now=timezone.now())
        bulk = start(bulk_id=bulk.id, given=given, actor=actor, now=timezone.now())
    _work(stage, bulk)
    return bulk


def _undo(stage: Stage, bulk: BulkAct, actor: Actor) -> None:
    with stage.scope():
        undo = draft_undo(bulk_id=bulk.id, actor=actor, now=timezone.now())
        undo = start(bulk_id=undo.id, given={}, actor=actor, now=timezone.now())
    _work(stage, undo)


def _work(stage: Stage, bulk: BulkAct) -> None:
    """Do the job in this process until it is over; it puts itself off after a while, so that others have their turn."""
    merchant = stage.merchant(LARGE)
    while bulk.finished_at is None:
        run_one(merchant.id, bulk.job_id)  # type: ignore[arg-type]
        with merchant_scope(merchant):
            bulk.refresh_from_db()


def _floor(stage: Stage, count: int) -> None:
    with stage.scope() as merchant_id, connection.cursor() as cursor:
        cursor.execute(FLOOR, {"m": merchant_id, "count": count})
        transaction.set_rollback(True)
