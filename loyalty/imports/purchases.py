"""The importer of purchases: each earns its points as of its own time; see `tenancy.imports.contract`.

A till's purchase and a file's are the same by their reference: what is recorded already is left alone.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import F, QuerySet

from loyalty.imports import undoing_purchases
from loyalty.imports.purchase_rows import COLUMNS, FIELDS, Purchases
from loyalty.models import Purchase
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports import records
from tenancy.imports.contract import Named, Note, Outcome, Preview, Progress
from tenancy.imports.naming import Naming, head_of
from tenancy.scope import merchant_scope

__all__ = ["COLUMNS", "FIELDS", "UNDO", "apply", "head", "named", "preview"]

UNDO = undoing_purchases
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
    make = partial(Purchases, merchant_id=merchant_id, now=now, actor=Actor.system())
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
    """Import a file of purchases with the points that they earn: every purchase of it, or nothing.

    Portions of 2,000, each in a transaction of its own: one ledger entry and one row a purchase, dated when it was
    made. The same file again changes nothing. Leaves one audit event where anything was added. Raises FileRefused.
    """
    make = partial(Purchases, merchant_id=merchant_id, now=now, actor=actor)
    done = records.apply(make, path, progress, naming, note)
    if done.added:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "file": file_name or path.name}
            audit(action="purchases.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return what purchases are called, and their pages."""
    rows = Purchase.objects.filter(id__in=ids).values_list("id", "reference")
    return {row_id: Named(reference, "loyalty:purchase", (row_id,)) for row_id, reference in rows}


def titles() -> QuerySet[Any]:
    """Return the same references by query."""
    found: QuerySet[Any] = Purchase.objects.values(title=F("reference"))
    return found
