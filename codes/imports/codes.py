"""The importer of codes for pools; see `tenancy.imports.contract`."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import Concat

from codes.imports import undoing
from codes.imports.code_rows import COLUMNS, FIELDS, Codes
from codes.models import Code
from codes.normalise import masked
from codes.shown import ending
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports import records
from tenancy.imports.contract import Named, Note, Outcome, Preview, Progress
from tenancy.imports.naming import Naming, head_of
from tenancy.scope import merchant_scope

__all__ = ["COLUMNS", "FIELDS", "UNDO", "apply", "head", "named", "preview"]

UNDO = undoing
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
    return records.preview(partial(Codes, merchant_id=merchant_id, now=now), path, progress, naming)


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
    """Import a file of codes: every one of it, or nothing.

    A code that is in its pool already is left alone. Leaves one audit event where anything was added, with the number
    and never a code. Raises FileRefused.
    """
    done = records.apply(partial(Codes, merchant_id=merchant_id, now=now), path, progress, naming, note)
    if done.added:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "file": file_name or path.name}
            audit(action="codes.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return codes, all but their ends hidden, each with its pool's page."""
    rows = Code.objects.filter(id__in=ids).values_list("id", "value", "pool_id", "pool__name")
    return {
        row_id: Named(f"{masked(value)} · {pool}", "codes:pool", (pool_id,)) for row_id, value, pool_id, pool in rows
    }


def titles() -> QuerySet[Any]:
    """Return the same by query: what is hidden of a code can neither be found nor sorted by."""
    shown = Concat(Value(masked("")), ending(), Value(" · "), "pool__name", output_field=TextField())
    found: QuerySet[Any] = Code.objects.values(title=shown)
    return found
