"""Search in columns as they stand, for lists that stay short enough to be read through."""

import uuid
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

MOST_WORDS = 6


def with_words(rows: QuerySet[Any], text: str, *columns: str) -> QuerySet[Any]:
    """Narrow to rows that have every word of the text somewhere in these columns, whatever its case.

    A whole id finds its row as well. Of more than six words the first six count.
    """
    key = id_in(text)
    wanted = reduce(or_, [words_in(text, *columns), *([Q(pk=key)] if key else [])])
    return rows.filter(wanted)


def words_in(text: str, *columns: str) -> Q:
    """Return the condition that every word of the text stands somewhere in these columns."""
    wanted = Q()
    for word in text.split()[:MOST_WORDS]:
        wanted &= reduce(or_, [Q(**{f"{column}__icontains": word}) for column in columns])
    return wanted


def id_in(text: str) -> uuid.UUID | None:
    """Return the id that the text is, None where it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
