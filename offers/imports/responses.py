"""The importer of offer responses: new ones, and statuses by id; see `tenancy.imports.contract`.

The file to edit (`offers.imports.download`) comes back through here: rows that nobody edited are left alone.
"""

import uuid
from datetime import datetime
from functools import partial
from pathlib import Path

from django.utils.translation import gettext as _

from offers.imports.response_rows import Responses
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.imports import records
from tenancy.imports.contract import Outcome, Preview, Progress
from tenancy.scope import merchant_scope


def preview(path: Path, *, merchant_id: uuid.UUID, now: datetime, progress: Progress | None = None) -> Preview:
    """Return what importing this file would do; changes nothing. A refused file is answered with its problems."""
    make = partial(Responses, merchant_id=merchant_id, now=now, actor=Actor.system(), reason="")
    return records.preview(make, path, progress)


def apply(
    path: Path,
    *,
    merchant_id: uuid.UUID,
    actor: Actor,
    now: datetime,
    progress: Progress | None = None,
    origin_id: uuid.UUID | None = None,
    file_name: str = "",
) -> Outcome:
    """Import a file of responses: every row of it, or nothing.

    1. Brings new ones in with voucher, code and history, dated when it was; one that stands already is skipped.
    2. Sets edited statuses by the services for them; rows whose response has gone on since are refused beforehand.
    3. Leaves one audit event where anything was done. Raises FileRefused.
    """
    name = file_name or path.name
    reason = _("Imported from %(file)s") % {"file": name}
    done = records.apply(
        partial(Responses, merchant_id=merchant_id, now=now, actor=actor, reason=reason), path, progress
    )
    if done.added or done.changed:
        with merchant_scope(merchant_id):
            after = {"added": done.added, "changed": done.changed, "file": name}
            audit(action="responses.imported", actor=actor, target=("merchant", merchant_id), after=after)
    return done
