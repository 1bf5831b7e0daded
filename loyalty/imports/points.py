"""The importer of points: adjustments with a reason each; see `tenancy.imports.contract`.

More than the merchant's limit for one member, all rows of the file together, waits for a second person as it does by
hand. An adjustment is known by its reference: the same file again changes nothing.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Case, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat

from customers.naming import called
from loyalty.imports import undoing_points
from loyalty.imports.point_rows import COLUMNS, FIELDS, Points
from loyalty.models import PointAdjustment
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports import records
from tenancy.imports.contract import Named, Note, Outcome, Preview, Progress
from tenancy.imports.naming import Naming, head_of
from tenancy.scope import merchant_scope

__all__ = ["COLUMNS", "FIELDS", "UNDO", "apply", "head", "named", "preview"]

UNDO = undoing_points
head = head_of


def preview(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    now: datetime,
    progress: Progress | None = None,
    naming: Naming | None = None,
) -> Preview:
    """Return what importing this file would do; changes nothing. A refused file is answered with its problems."""
    make = partial(Points, merchant_id=merchant_id, now=now, actor=Actor.system())
    return records.preview(make, path, progress, naming)


def apply(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
    origin_id: uuid.UUID | None = None,
    file_name: str = "",
    naming: Naming | None = None,
    note: Note | None = None,
) -> Outcome:
    """Import a file of adjustments: every one of it, or nothing.

    Portions of 2,000, each in a transaction of its own: one ledger entry and one row an adjustment; what is over the
    limit waits instead. Leaves one audit event where anything was added. Raises FileRefused.
    """
    make = partial(Points, merchant_id=merchant_id, now=now, actor=actor)
    done = records.apply(make, path, progress, naming, note)
    if done.added:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "file": file_name or path.name}
            audit(action="points.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return what adjustments are called; each leads to its member."""
    rows = PointAdjustment.objects.filter(id__in=ids).select_related("customer")
    return {row.id: Named(f"{row} · {row.customer.name}", "cockpit:customer", (row.customer_id,)) for row in rows}


def titles() -> QuerySet[Any]:
    """Return the same titles by query."""
    sign = Case(When(points__gte=0, then=Value("+")), default=Value(""))
    points = Concat(sign, Cast("points", TextField()), Value(" · "), called("customer"), output_field=TextField())
    found: QuerySet[Any] = PointAdjustment.objects.values(title=points)
    return found
