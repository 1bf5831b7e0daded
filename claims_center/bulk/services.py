"""Beginning a bulk act, and going through its claims."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction

from claims_center.bulk.acts import ACTS, DONE, Act, outcome_of, values_of
from claims_center.errors import Refused
from claims_center.models import Claim
from jobs.models import Job
from jobs.services import enqueue
from tenancy.actors import Actor
from tenancy.audit import audit

KIND = "claims.bulk"
# One job's claims; a longer list is narrowed by a filter first.
MOST = 5_000


def start(
    *,
    act: Act,
    claim_ids: Sequence[uuid.UUID],
    user_id: uuid.UUID | None,
    op_key: str,
    actor: Actor,
    now: datetime,
) -> Job:
    """Put down the job that does one act to these claims, one after the other.

    1. Enqueues "claims.bulk"; the same ``op_key`` again is the same job. ``user_id``: to whom "assign" assigns.
    2. Writes one audit event with the number of claims; each claim gets its own history when its turn comes.
    """
    payload = {
        "act": act.name,
        "claims": [str(one) for one in claim_ids],
        "actor": str(actor),
        "user": str(user_id or ""),
    }
    job = enqueue(kind="claims.bulk", payload=payload, dedupe_key=op_key, now=now)
    audit(
        action="claims.bulk_started",
        actor=actor,
        target=("job", job.id),
        after={"act": act.name, "claims": len(claim_ids)},
    )
    return job


def do_one(*, payload: dict[str, str], claim_id: uuid.UUID, now: datetime) -> str:
    """Do a bulk job's act to one claim, as the person who asked for it; return the outcome's letter.

    Runs the same service as the claim's own page, in a savepoint: a refusal leaves nothing behind. Whoever asked and
    has left meanwhile, or a claim that is gone, is "not possible".
    """
    act, actor = ACTS[payload["act"]], Actor.parse(payload["actor"])
    claim = Claim.objects.select_related("funnel", "promotion").filter(id=claim_id).first()
    if claim is None:
        return "x"
    try:
        with transaction.atomic():
            return act.do(claim, values_of(act, payload), actor=actor, now=now)
    except Refused as refusal:
        return outcome_of(refusal)


def preview(*, act: Act, claims: Iterable[Claim], user_id: uuid.UUID | None = None) -> Counter[str]:
    """Return how many of these claims would come to which outcome, as things stand."""
    values = {"user_id": user_id} if act.form_class else {}
    return Counter(act.skips(claim, values) or DONE for claim in claims)
