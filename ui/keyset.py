"""Pages by position instead of by number: the same cost at any depth, stable while rows are added.

A page is named by the row it begins after (or ends before): the row's sort value and its id, signed, so that a
position cannot be made up, and tied to the sort, so that it is never read against another one.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core import signing
from django.core.exceptions import FieldError, ImproperlyConfigured, ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, IntegerField, Model, QuerySet, Value
from django.db.models.expressions import Col, Combinable, Expression
from django.db.models.sql.compiler import SQLCompiler
from django.utils.encoding import force_bytes, force_str

SORT_KEY = "sort_key"
_SALT = "ui.keyset"
_LONGEST_TOKEN = 2_000
# `before=last` is the last page; no signed position reads so.
LAST = "last"


@dataclass(frozen=True)
class Sort:
    """One ordering: its public name, the column (or an expression that is never NULL), the direction."""

    name: str
    by: str | Expression | Combinable
    descending: bool = False

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


@dataclass(frozen=True)
class KeysetPage:
    """One page of rows with the positions of its neighbours; `stale` when a given position was not usable."""

    rows: list[Any]
    has_next: bool = False
    has_previous: bool = False
    next_token: str = ""
    previous_token: str = ""
    stale: bool = False


class RowComparison(Func):
    """`(a, id) < (x, y)`, which PostgreSQL answers with one range of the index on (merchant, a, id).

    The usual `a < x OR (a = x AND id < y)` would be a filter over everything from the start of the index, and
    under row level security the comparison of two rows stays usable for the index where each operator is leakproof
    (text, whole numbers, dates, times, uuid; not numeric).
    """

    output_field = BooleanField()
    conditional = True
    arity = 4

    def __init__(self, left: Any, left_id: Any, operator: str, right: Any, right_id: Any) -> None:
        super().__init__(left, left_id, right, right_id)
        self.operator = operator

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        """Compile the four parts into one comparison of two rows."""
        compiled = [compiler.compile(part) for part in self.get_source_expressions()]
        left, left_id, right, right_id = (sql for sql, _ in compiled)
        params = tuple(param for _, given in compiled for param in given)
        return f"({left}, {left_id}) {self.operator} ({right}, {right_id})", params


def paginate(queryset: QuerySet, *, sort: Sort, size: int, after: str = "", before: str = "") -> KeysetPage:
    """Return one page of `size` rows of `queryset` in the order of `sort`, ties broken by id; `before=LAST` the last one.

    One query (`size + 1` rows tell whether there is more), the same work at any depth. A position that does not belong
    to this sort, was tampered with or has nothing left on its side gives the first page with `stale` set, at one
    query more.
    """
    ordered = _annotated(queryset, sort)
    backward = bool(before) and not after
    given = before if backward else after
    from_end = backward and given == LAST
    position = _read_token(given, sort, ordered) if given and not from_end else None
    is_usable = position is not None or from_end or not given
    rows = _fetch(ordered, sort, size, position, backward=backward) if is_usable else []
    if given and not from_end and not rows:
        first = _fetch(ordered, sort, size, None, backward=False)
        return _page(first, sort, size, backward=False, positioned=False, stale=True)
    return _page(rows, sort, size, backward=backward, positioned=position is not None)


def page_with(queryset: QuerySet, *, sort: Sort, size: int, key: Any) -> KeysetPage | None:
    """Return the page that begins with one row of `queryset`, by its id; None where it is not among them. Two queries."""
    ordered = _annotated(queryset, sort)
    position = ordered.filter(pk=key).values_list(SORT_KEY, "pk").first()
    if position is None:
        return None
    rows = _fetch(ordered, sort, size, position, backward=False, inclusive=True)
    return _page(rows, sort, size, backward=False, positioned=True) if rows else None


def neighbours(queryset: QuerySet, *, sort: Sort, row: Model) -> tuple[Any, Any]:
    """Return the ids of the rows of `queryset` before and after `row`, None where there is none.

    The row itself need not be among them (any more): its place in the order counts. One query where the sort is a
    column of the row, else two.
    """
    ordered = _annotated(queryset, sort)
    position = (_value_of(row, sort, ordered), row.pk)
    sides = [
        _beyond(ordered, sort, position, backward=backward).annotate(
            side=Value(int(backward), output_field=IntegerField())
        )
        for backward in (True, False)
    ]
    before, after = (side.values_list("side", "pk")[:1] for side in sides)
    found = dict(before.union(after, all=True))
    return found.get(1), found.get(0)


def _value_of(row: Model, sort: Sort, ordered: QuerySet) -> Any:
    if isinstance(sort.by, str) and "__" not in sort.by and sort.by not in row.get_deferred_fields():
        return getattr(row, "pk" if sort.by == "pk" else sort.by)
    whole = _annotated(type(row)._default_manager.all(), sort)
    return whole.values_list(SORT_KEY, flat=True).get(pk=row.pk)


def _annotated(queryset: QuerySet, sort: Sort) -> QuerySet:
    by = F(sort.by) if isinstance(sort.by, str) else sort.by
    try:
        ordered = queryset.annotate(**{SORT_KEY: by})
    except FieldError as error:
        raise ImproperlyConfigured(f"sort {sort.name!r}: {error}") from error
    column = ordered.query.annotations[SORT_KEY]
    if isinstance(column, Col) and column.target.null:
        raise ImproperlyConfigured(f"sort {sort.name!r}: {column.target} may be NULL; sort by Coalesce(...) instead")
    return ordered


def _fetch(
    ordered: QuerySet,
    sort: Sort,
    size: int,
    position: tuple[Any, Any] | None,
    *,
    backward: bool,
    inclusive: bool = False,
) -> list[Any]:
    rows = _beyond(ordered, sort, position, backward=backward, inclusive=inclusive)[: size + 1]
    if isinstance(sort.by, str) or not ordered.query.select_related:
        return list(rows)
    # Without an index every row is sorted: by its id alone, and what it refers to is read for those of the page.
    return list(_beyond(ordered.filter(pk__in=rows.values("pk")), sort, None, backward=backward))


def _beyond(
    ordered: QuerySet, sort: Sort, position: tuple[Any, Any] | None, *, backward: bool, inclusive: bool = False
) -> QuerySet:
    down = sort.descending != backward
    sign = "-" if down else ""
    if position is not None:
        operator = ("<" if down else ">") + ("=" if inclusive else "")
        column, model_pk = ordered.query.annotations[SORT_KEY], ordered.model._meta.pk
        ordered = ordered.filter(
            RowComparison(
                F(SORT_KEY),
                F("pk"),
                operator,
                Value(position[0], output_field=column.output_field),
                Value(position[1], output_field=model_pk),
            )
        )
    return ordered.order_by(f"{sign}{SORT_KEY}", f"{sign}pk")


def _page(
    rows: list[Any], sort: Sort, size: int, *, backward: bool, positioned: bool, stale: bool = False
) -> KeysetPage:
    more = len(rows) > size
    rows = rows[:size]
    if backward:
        rows.reverse()
    has_next, has_previous = (bool(rows) and positioned, more) if backward else (more, positioned)
    return KeysetPage(
        rows=rows,
        has_next=has_next,
        has_previous=has_previous,
        next_token=_token(rows[-1], sort) if has_next else "",
        previous_token=_token(rows[0], sort) if has_previous else "",
        stale=stale,
    )


def _read(row: Any, name: str) -> Any:
    if isinstance(row, Mapping):
        return row["id"] if name == "pk" and "pk" not in row else row[name]
    return getattr(row, name)


def _plain(value: Any) -> str | int | float | bool:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else str(value)


def _token(row: Any, sort: Sort) -> str:
    position = [_plain(_read(row, SORT_KEY)), _plain(_read(row, "pk"))]
    packed = signing.b64_encode(force_bytes(json.dumps(position, separators=(",", ":"), ensure_ascii=False)))
    return signing.Signer(salt=f"{_SALT}:{sort.name}", sep=".").sign(force_str(packed))


def _read_token(token: str, sort: Sort, ordered: QuerySet) -> tuple[Any, Any] | None:
    if len(token) > _LONGEST_TOKEN:
        return None
    try:
        packed = signing.Signer(salt=f"{_SALT}:{sort.name}", sep=".").unsign(token)
        value, key = json.loads(signing.b64_decode(force_bytes(packed)))
        return ordered.query.annotations[SORT_KEY].output_field.to_python(value), ordered.model._meta.pk.to_python(key)
    except (signing.BadSignature, ValueError, ValidationError):
        return None
