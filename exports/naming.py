"""Saying what the columns of a file mean: guessed, remembered from the last time, said by a person."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from exports import files
from exports.errors import ColumnsRefused, NotPossible
from exports.importers import FileRefused, importer
from exports.models import ImportColumn, ImportRun
from exports.services import begin_reading
from exports.states import RunState
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.imports.naming import Field, Head, Naming, faults, guess
from tenancy.imports.table import Columns
from tenancy.scope import current_merchant_id

# Before it is applied, whatever came of the reading.
OPEN = (RunState.COLUMNS, RunState.READY, RunState.REFUSED)
SAID = (RunState.READING, RunState.READY)
REMEMBER = """
INSERT INTO exports_importcolumn (merchant_id, id, dataset, header, meaning, said_at)
SELECT %(merchant)s, one.id, %(dataset)s, one.header, one.meaning, %(now)s
FROM unnest(%(ids)s::uuid[], %(headers)s::text[], %(meanings)s::text[]) AS one (id, header, meaning)
ON CONFLICT (merchant_id, dataset, header) DO UPDATE SET meaning = EXCLUDED.meaning, said_at = EXCLUDED.said_at
"""


def head_of(run: ImportRun) -> Head | None:
    """Return how a run's file begins; None where it has no columns to be named, or is not there (any more)."""
    try:
        found: Head | None = importer(run.dataset).head(files.path_of(run.merchant_id, run.id))
    except (FileRefused, OSError):
        return None
    return found


def fields_of(dataset: str) -> Sequence[Field]:
    """Return what a column of such a file can mean."""
    found: Sequence[Field] = importer(dataset).FIELDS
    return found


def meanings_of(run: ImportRun, head: Head) -> list[str]:
    """Return what each column means as the run has it, else as it is guessed: remembered, or by the header."""
    if run.columns is not None:
        return [*run.columns, *[""] * len(head.names)][: len(head.names)]
    rows = ImportColumn.objects.filter(dataset=run.dataset, header__in=head.names)
    return guess(head.names, fields_of(run.dataset), dict(rows.values_list("header", "meaning")))


def wrong_with(*, dataset: str, head: Head, meanings: Sequence[str], fixed: Mapping[str, str]) -> list[str]:
    """Return in words what keeps a file from being read with these meanings."""
    columns: Columns = importer(dataset).COLUMNS
    naming = Naming(by_place=tuple(meanings), fixed=fixed)
    return faults(naming, head.names, columns, fields_of(dataset))


def choose(
    *, run_id: uuid.UUID, meanings: Sequence[str], fixed: Mapping[str, str], actor: Actor, now: datetime
) -> ImportRun:
    """Keep what the columns of a file mean, and read it; it can be said anew until the file is applied.

    1. Locks the run; one that says so already is returned as it is.
    2. Remembers for the next file of this kind what each header meant.
    3. Reads the file: a small one at once, a bigger one by a job. Audits who said it.

    Raises ColumnsRefused, in words; NotPossible once it is being applied, and where the file is not there any more.
    """
    run: ImportRun = ImportRun.objects.select_for_update(of=("self",), no_key=True).get(id=run_id)
    if run.state in SAID and (run.columns, run.fixed) == (list(meanings), dict(fixed)):
        return run
    head = head_of(run) if run.state in OPEN else None
    if head is None:
        raise NotPossible(_("The columns of this file can no longer be named."))
    wrong = wrong_with(dataset=run.dataset, head=head, meanings=meanings, fixed=fixed)
    if wrong:
        raise ColumnsRefused(wrong)
    _remember(run.dataset, dict(zip(head.names, meanings, strict=False)), now)
    run.columns, run.fixed = list(meanings), dict(fixed)
    run.state, run.problems, run.refused, run.sample = RunState.READING, [], 0, []
    run.save(update_fields=["columns", "fixed", "state", "problems", "refused", "sample"])
    audit(action="import.columns", actor=actor, target=("import", run.id))
    return begin_reading(run_id=run.id, now=now)


def _remember(dataset: str, said: Mapping[str, str], now: datetime) -> None:
    headers = sorted(name for name in said if name and len(name) <= ImportColumn.LONGEST)
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "dataset": dataset,
        "now": now,
        "ids": [new_id() for _header in headers],
        "headers": headers,
        "meanings": [said[header] for header in headers],
    }
    with connection.cursor() as cursor:
        cursor.execute(REMEMBER, values)
