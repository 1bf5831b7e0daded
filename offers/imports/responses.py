"""The importer of offer responses: new ones, and statuses by id; see `tenancy.imports.contract`.

The file to edit (`offers.imports.download`) comes back through here: rows that nobody edited are left alone.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.db.models.functions import Concat
from django.utils.translation import gettext as _

from offers.imports import undoing
from offers.imports.columns import COLUMNS, FIELDS
from offers.imports.response_rows import Responses
from offers.models import OfferResponse
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
    make = partial(Responses, merchant_id=merchant_id, now=now, actor=Actor.system(), reason="")
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
    """Import a file of responses: every row of it, or nothing.

    1. Brings new ones in with voucher, code and history, dated when it was; one that stands already is skipped.
    2. Sets edited statuses by the services for them; rows whose response has gone on since are refused beforehand.
    3. Leaves one audit event where anything was done. Raises FileRefused.
    """
    name = file_name or path.name
    reason = _("Imported from %(file)s") % {"file": name}
    make = partial(Responses, merchant_id=merchant_id, now=now, actor=actor, reason=reason)
    done = records.apply(make, path, progress, naming, note)
    if done.added or done.changed:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "changed": done.changed, "file": name}
            audit(action="responses.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done


def named(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Named]:
    """Return what responses are called, and their pages."""
    rows = OfferResponse.objects.filter(id__in=ids).values_list("id", "offer_name", "member_name")
    return {
        row_id: Named(" · ".join(filter(None, (offer, member))), "offers:response", (row_id,))
        for row_id, offer, member in rows
    }


def titles() -> QuerySet[Any]:
    """Return the same titles by query."""
    member = Case(When(member_name="", then=Value("")), default=Concat(Value(" · "), "member_name"))
    found: QuerySet[Any] = OfferResponse.objects.values(title=Concat("offer_name", member))
    return found
