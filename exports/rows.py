"""The very query that draws a list, asked for the columns of a file.

Everything here runs in the merchant's scope and with the merchant's zone active, as a list does.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from psycopg import sql

from exports.catalogue import dataset
from exports.datasets.fields import PREFIX, Dataset, Moment
from exports.errors import NotUnderstood
from exports.formats.columns import Column
from exports.snapshot import Bounds
from ui.filters import FilterSet
from ui.keyset import Sort

SORT_KEY = "sort_key"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: a list's rows by its own parameters, in its order, as these columns."""

    dataset: Dataset
    keys: tuple[str, ...]
    query: str
    sort: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in their order."""
        return tuple(self.dataset.by_key[key].column for key in self.keys)


def question(*, name: str, keys: list[str], query: str, sort: str) -> Question:
    """Return the question; raise NotUnderstood, in words, for data or columns that there are not (any more)."""
    try:
        found = dataset(name)
    except KeyError as error:
        raise NotUnderstood(_("There is no such data any more.")) from error
    strangers = [key for key in keys if key not in found.by_key]
    if strangers:
        raise NotUnderstood(_("These columns are not known any more: %(names)s.") % {"names": ", ".join(strangers)})
    return Question(found, tuple(keys), query, sort)


def filters(asked: Question, moment: Moment) -> FilterSet:
    """Return the list's own filters over its rows, as the query has them; what is not understood is left out.

    Relative days are counted from the day of the moment, in its zone.
    """
    found = asked.dataset.page.filterset_class(QueryDict(asked.query), queryset=asked.dataset.rows(moment))
    found.today = moment.now.astimezone(moment.zone).date()
    return found


def strict_filters(asked: Question, moment: Moment) -> FilterSet:
    """Return the filters; raise NotUnderstood where one is not understood.

    A page leaves such a filter out and says so; a file without it would hold rows that nobody meant to give away.
    """
    found = filters(asked, moment)
    problems = [problem.text for problem in found.problems()]
    strangers = set(QueryDict(asked.query)) - set(found.params())
    problems += [_("“%(name)s” is no filter of this list") % {"name": name} for name in sorted(strangers)]
    if problems:
        raise NotUnderstood(f"{'; '.join(problems)}.")
    return found


def sort_of(found: Dataset, asked: str) -> Sort | None:
    """Return the ordering of this name (`-name` for descending) among those of the dataset's list, or None."""
    name, sorts = asked.removeprefix("-"), found.page.sorts
    return Sort(name, sorts[name], asked.startswith("-")) if name in sorts else None


def listed(asked: Question, moment: Moment, bounds: Bounds | None = None) -> QuerySet[Any]:
    """Return the rows as tuples of the columns, in the list's order; within bounds, those that were written there.

    Raises NotUnderstood for filters that are not understood.
    """
    rows = strict_filters(asked, moment).qs
    if bounds is not None:
        rows = rows.filter(bounds.condition(asked.dataset.changes))
    sort = sort_of(asked.dataset, asked.sort) or sort_of(asked.dataset, asked.dataset.page.default_sort)
    sign = "-" if sort is None or sort.descending else ""
    by: Any = "pk" if sort is None else sort.by
    named = {f"{PREFIX}{key}": asked.dataset.by_key[key].expression(moment) for key in asked.keys}
    rows = rows.annotate(**named, **{SORT_KEY: F(by) if isinstance(by, str) else by})
    return rows.order_by(f"{sign}{SORT_KEY}", f"{sign}pk").values_list(*named)


def as_sql(rows: QuerySet[Any]) -> sql.Composable:
    """Return the query with its values written into it: COPY takes no parameters."""
    try:
        text, values = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        # Django knows beforehand that nothing fits; the columns are needed all the same.
        named = {name: rows.query.annotations[name] for name in rows.query.annotation_select}
        every = rows.model.objects.annotate(**named).values_list(*named)
        text, values = every.query.get_compiler(rows.db).as_sql()
        text = f"SELECT * FROM ({text}) AS nothing WHERE false"  # noqa: S608 - compiled by Django
    connection.ensure_connection()
    whole = psycopg.ClientCursor(connection.connection).mogrify(text, values)
    return sql.SQL(whole)


def count(rows: QuerySet[Any]) -> int:
    """Return how many rows there are, exactly."""
    return rows.order_by().values("pk").count()
