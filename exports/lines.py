"""What became of each line of a file: written with the line's own transaction, read by page and as a file."""

import csv
import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.importers import Outcome, importer
from exports.models import ImportRow, ImportRun
from exports.states import Undone
from jobs.bulk.csvfile import Line, safe
from tenancy.imports.contract import Became, Named, Result
from tenancy.scope import current_merchant_id, merchant_scope

# Columns as arrays: some thousand lines are one short statement. What stands already was written by an earlier attempt.
INSERT = """
INSERT INTO exports_importrow (merchant_id, id, run_id, line, became, document, mark, undone, why)
SELECT %(merchant)s, uuidv7(), %(run)s, one.line, one.became, one.document, one.mark, '', one.why
FROM unnest(%(lines)s::integer[], %(became)s::text[], %(documents)s::uuid[], %(marks)s::bigint[], %(why)s::text[])
    AS one (line, became, document, mark, why)
ON CONFLICT DO NOTHING
"""
LONGEST = 300
PORTION = 2_000
WORDS: dict[str, Any] = {
    Became.ADDED: gettext_lazy("Added"),
    Became.CHANGED: gettext_lazy("Changed"),
    Became.SKIPPED: gettext_lazy("Skipped"),
    Became.REFUSED: gettext_lazy("Refused"),
}


def facts_of(*, run_id: uuid.UUID) -> dict[str, Any]:
    """Return what applying a run's file is told beside path, actor and time: `dataset` names the importer."""
    run = ImportRun.objects.only("merchant", "dataset", "file_name", "columns", "fixed").get(id=run_id)
    return {
        "dataset": run.dataset,
        "merchant_id": run.merchant_id,
        "origin_id": run.id,
        "file_name": run.file_name,
        "naming": run.naming,
        "note": partial(note, run_id=run.id),
    }


def note(results: Sequence[Result], *, run_id: uuid.UUID) -> None:
    """Write what became of these lines, in the transaction that did it; what an earlier attempt wrote stands."""
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "run": run_id,
        "lines": [one.line for one in results],
        "became": [one.became.value for one in results],
        "documents": [one.document for one in results],
        "marks": [one.mark for one in results],
        "why": [one.reason[:LONGEST] for one in results],
    }
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values)


def outcome_of(*, run_id: uuid.UUID) -> Outcome:
    """Return what became of a run's lines, counted."""
    rows = ImportRow.objects.filter(run_id=run_id).order_by().values_list("became").annotate(Count("id"))
    counted: dict[str, int] = dict(rows)
    return Outcome(*(counted.get(letter.value, 0) for letter in Became))


def named(rows: Sequence[ImportRow], *, dataset: str) -> dict[uuid.UUID, Named]:
    """Return what the documents of these lines are called; those that are gone are left out."""
    ids = [row.document for row in rows if row.document]
    found: dict[uuid.UUID, Named] = importer(dataset).named(ids) if ids else {}
    return found


def titled(rows: QuerySet[Any], *, dataset: str) -> QuerySet[Any]:
    """Give lines the alias `title`: what the document of each is called, "" where there is none (any more)."""
    title = importer(dataset).titles().filter(pk=OuterRef("document"))[:1]
    return rows.alias(title=Coalesce(Subquery(title), Value(""), output_field=TextField()))


def text_of(*, merchant_id: uuid.UUID, run_id: uuid.UUID, dataset: str, language: str) -> Iterator[str]:
    """Yield the lines of a file for sheets, the header first; opens the merchant's scope for each portion by itself.

    The words are in `language`: who iterates is outside the request by then.
    """
    writer = csv.writer(Line())
    with translation.override(language):
        yield "\ufeff" + writer.writerow([_("Line"), _("Result"), _("Row"), _("Reason"), _("Taken back")])
    last = 0
    while True:
        with merchant_scope(merchant_id), translation.override(language):
            rows = list(ImportRow.objects.filter(run_id=run_id, line__gt=last).order_by("line")[:PORTION])
            known = named(rows, dataset=dataset)
            text = "".join(writer.writerow([safe(cell) for cell in _cells(row, known)]) for row in rows)
        if not rows:
            return
        last = rows[-1].line
        yield text


def _cells(row: ImportRow, known: dict[uuid.UUID, Named]) -> list[Any]:
    document = known.get(row.document) if row.document else None
    undone = Undone(row.undone).label if row.undone else ""
    return [row.line, WORDS[row.became], document.title if document else "", row.why, undone]
