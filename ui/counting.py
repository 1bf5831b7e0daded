"""Counts that stop early: "10,000+" costs a millisecond where an exact figure would read a million rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.lookups import LessThanOrEqual
from django.db.models.sql import Query

from ui import locale

# SQL and its parameters.
Statement = tuple[str, Sequence[Any]]
# The name under which a query keeps what its rows are counted from.
HITS = "counted_from_hits"


@dataclass(frozen=True)
class CappedCount:
    """A number of rows, exact up to `cap`; `capped` means more than that."""

    number: int
    capped: bool = False

    def __str__(self) -> str:
        return f"{locale.number(self.number)}+" if self.capped else locale.number(self.number)


class CountUpTo(Subquery):
    """How many rows belong to the outer row, counted up to `cap` and one more; never NULL, so that lists sort by it.

    `rows` names the outer row by OuterRef. All that have more than the cap are alike: they are shown as "10,000+".
    """

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"

    def __init__(self, rows: QuerySet, cap: int) -> None:
        super().__init__(rows.order_by().values("pk")[: cap + 1], output_field=IntegerField())


class BeginsAt(LessThanOrEqual):
    """`x <= y`, true of every row that is asked for: it tells a list where to begin in its order, and counts do without.

    Counting has no order, and an index that holds the other conditions need not hold this one.
    """


def counted_from(rows: QuerySet, *hits: Statement) -> QuerySet:
    """Return the rows, told to be counted from some `hits`: statements whose `once` is a row's id or NULL, no id twice.

    For rows that are far apart in every index of their own table: where the first hits lead to more than the cap, that
    is known at once; else the next are tried, and at last the rows are counted as they are. They may be narrowed
    further, and never widened.
    """
    told = rows.all()
    setattr(told.query, HITS, hits)
    return told


def count_each(questions: Sequence[tuple[QuerySet, int]]) -> list[CappedCount]:
    """Count several querysets, each up to its cap, in one statement."""
    parts: list[str] = []
    params: list[Any] = []
    for queryset, cap in questions:
        sql, sql_params = _capped_sql(queryset, cap)
        parts.append(sql)
        params += sql_params
    if not parts:
        return []
    with connections[questions[0][0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", params)
        found = cursor.fetchone()
    return [CappedCount(min(n, cap), n > cap) for n, (_, cap) in zip(found, questions, strict=True)]


def _capped_sql(queryset: QuerySet, cap: int) -> tuple[str, tuple[Any, ...]]:
    # What `queryset.order_by().values("pk")[: cap + 1]` asks for, with one copy instead of three: a page counts each tab.
    limited = queryset.query.chain()
    limited.clear_ordering(force=True)
    limited.set_values(("pk",))
    _drop_aids(limited)
    hits = getattr(queryset.query, HITS, ())
    if not hits:
        limited.set_limits(high=cap + 1)
    try:
        sql, params = limited.get_compiler(queryset.db).as_sql()
    except EmptyResultSet:
        return "0", ()
    number = f"(SELECT count(*) FROM ({sql}) AS capped)"  # noqa: S608 - compiled by Django, values are parameters
    return _near_sql((sql, params), hits, cap) if hits else (number, params)


def _near_sql(rows: Statement, hits: Sequence[Statement], cap: int) -> tuple[str, tuple[Any, ...]]:
    """Return the count of the rows that the first hits lead to, where these are more than the cap; else the next count."""
    sql, params = rows
    if not hits:
        return f"(SELECT count(*) FROM ({sql} LIMIT {cap + 1}) AS capped)", tuple(params)  # noqa: S608 - as above
    (near, near_params), *more = hits
    number, number_params = _near_sql(rows, more, cap)
    # Looked for one by one, and only until there are enough.
    row = f"(SELECT asked.pk FROM ({sql}) AS asked WHERE asked.pk = near.once LIMIT 1)"  # noqa: S608 - as above
    found = f"SELECT FROM ({near}) AS near WHERE once IS NOT NULL AND {row} IS NOT NULL LIMIT {cap + 1}"
    whole = f"(SELECT CASE WHEN n > {cap} THEN n ELSE {number} END FROM (SELECT count(*) AS n FROM ({found}) AS one) AS two)"  # noqa: S608 - as above
    return whole, (*number_params, *near_params, *params)


def _drop_aids(query: Query) -> None:
    query.where.children = [one for one in query.where.children if not isinstance(one, BeginsAt)]
