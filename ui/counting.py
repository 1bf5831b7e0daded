"""Counts that stop early: "10,000+" costs a millisecond where an exact figure would read a million rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.lookups import LessThanOrEqual
from django.db.models.sql import Query

from ui import locale

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


def counted_from(rows: QuerySet, hits: QuerySet) -> QuerySet:
    """Return the rows, told to be counted from some `hits`, whose `once` is the id of a row or NULL, and no id twice.

    For rows that are far apart in every index of their own table: where these hits lead to more than the cap, that is
    known at once; else the rows are counted as they are. They may be narrowed further, and never widened.
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
    limited.set_limits(high=cap + 1)
    _drop_aids(limited)
    try:
        sql, params = limited.get_compiler(queryset.db).as_sql()
    except EmptyResultSet:
        return "0", ()
    number = f"(SELECT count(*) FROM ({sql}) AS capped)"  # noqa: S608 - compiled by Django, values are parameters
    hits = getattr(queryset.query, HITS, None)
    return (number, params) if hits is None else _near_sql(queryset, hits, cap, number, params)


def _near_sql(rows: QuerySet, hits: QuerySet, cap: int, number: str, params: tuple[Any, ...]) -> tuple[str, Any]:
    """Return the count of the rows that some hits lead to, where these are more than the cap; else what `number` asks."""
    row = Subquery(rows.order_by().filter(pk=OuterRef("once")).values("pk")[:1])
    near, near_params = hits.annotate(found_row=row).values("found_row").query.sql_with_params()
    found = f"SELECT FROM ({near}) AS near WHERE found_row IS NOT NULL LIMIT {cap + 1}"
    sql = f"(SELECT CASE WHEN n > {cap} THEN n ELSE {number} END FROM (SELECT count(*) AS n FROM ({found}) AS one) AS two)"  # noqa: S608 - as above
    return sql, (*params, *near_params)


def _drop_aids(query: Query) -> None:
    query.where.children = [one for one in query.where.children if not isinstance(one, BeginsAt)]
