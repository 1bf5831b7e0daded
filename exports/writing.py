"""Writing the rows of a question into a file, in memory that does not grow with them."""

from collections.abc import Callable
from typing import BinaryIO

from django.db import connection
from psycopg import sql

from exports.datasets.fields import Moment
from exports.formats import csv
from exports.formats.columns import Dialect
from exports.formats.kinds import Format
from exports.rows import Question, as_sql, listed
from exports.snapshot import Bounds

# So many rows between two reports of progress.
OFTEN = 4096
CHUNK = 2000
Progress = Callable[[int], None]


def write(
    asked: Question,
    *,
    format: Format,  # noqa: A002 - the field's own name
    dialect: Dialect,
    moment: Moment,
    target: BinaryIO,
    progress: Progress,
    bounds: Bounds | None = None,
) -> int:
    """Write the file and return its number of rows; `progress` hears how many there are so far.

    Runs in the merchant's scope with the merchant's zone active. Raises NotUnderstood for filters that are not
    understood, and whatever the database or the disk raises.
    """
    rows = listed(asked, moment, bounds)
    if format == Format.CSV:
        target.write(csv.head(asked.columns, dialect))
        inner = as_sql(rows)
        with connection.connection.cursor() as cursor:
            cursor.execute(csv.session(dialect))
            ids = csv.ids_of(cursor, inner)
        return _copy(csv.copy_statement(inner, asked.columns, dialect, ids), target, progress)
    from exports.formats import rows as by_row  # noqa: PLC0415 - its libraries are heavy

    found = rows.iterator(chunk_size=CHUNK)
    return by_row.write(format, rows=found, columns=asked.columns, dialect=dialect, target=target, progress=progress)


def _copy(statement: sql.Composed, target: BinaryIO, progress: Progress) -> int:
    """Let PostgreSQL write the rows; each comes as it stands in the file."""
    number = 0
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in copy:
            target.write(row)
            number += 1
            if number % OFTEN == 0:
                progress(number)
    progress(number)
    return number
