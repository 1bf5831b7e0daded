"""Filters with a list of choices: fixed ones, rows of a table, yes or no."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import Model, QuerySet, TextField
from django.db.models.expressions import Expression
from django.db.models.functions import Cast
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _lazy

from ui.filters.base import Chip, Filter, Reading, unknown
from ui.filters.pills import Option, one_of
from ui.querystring import without_value

Choices = Iterable[tuple[Any, Any]]
MOST_OPTIONS = 200
# Of those that addresses ask for.
MOST_WANTED = 500


class ChoicesFilter(Filter):
    """Any of several fixed values, repeated in the address: `?status=new&status=verified`.

    `choices` is a list of (value, label) or a callable that returns one. Without `method` it narrows by
    `field_name`; a method gets (queryset, field_name, [values]).
    """

    def __init__(
        self, field_name: str | None = None, *, choices: Choices | Callable[[], Choices], **kwargs: Any
    ) -> None:
        super().__init__(field_name, **kwargs)
        self._choices = choices

    @cached_property
    def choices(self) -> dict[str, Any]:
        """Label by value, in the order given."""
        source = self._choices() if callable(self._choices) else self._choices
        return {str(value): label for value, label in source}

    def read(self, data: QueryDict) -> Reading:
        """Keep the values that are known, report the others."""
        given = list(dict.fromkeys(value for value in data.getlist(self.name) if value != ""))
        known = [value for value in given if value in self.choices]
        strange = [unknown(self.name, value, self.label) for value in given if value not in self.choices]
        return Reading(known or None, strange)

    def filter(self, qs: QuerySet, value: Sequence[str]) -> QuerySet:
        """Narrow to rows whose field holds one of the values."""
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs

    def chips(self, value: Sequence[str], data: QueryDict) -> list[Chip]:
        """One chip for each value."""
        return [
            Chip(str(self.label), str(self.choices[one]), self.name, one, without_value(data, self.name, one))
            for one in value
        ]

    def options(self, value: Sequence[str] | None) -> list[Option]:
        """All choices, the active ones ticked."""
        active = set(value or ())
        return [Option(one, str(label), one in active) for one, label in self.choices.items()]


class ModelChoicesFilter(ChoicesFilter):
    """Any of several rows of another table, by primary key.

    `queryset` is a callable that returns a queryset (or takes the request and returns one): it runs inside the
    merchant's scope, so a row of another merchant is simply not known. `label_for` names a row (default `str`).
    The popover lists the first 200; one query for them, and one more only when a chosen row is not among them,
    however many filter sets the page has. With `label_by`, the column or expression that names a row, all filters of
    the page that have one share a single query.
    """

    def __init__(
        self,
        field_name: str | None = None,
        *,
        queryset: Callable[..., QuerySet],
        label_for: Callable[[Any], str] = str,
        label_by: str | Expression = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(field_name, choices=(), **kwargs)
        self._queryset = queryset
        self.label_for = label_for
        self.label_by = label_by

    def rows(self) -> QuerySet:
        """The rows to choose from."""
        request: HttpRequest | None = getattr(self.parent, "request", None)
        takes_request = getattr(self._queryset, "__code__", None) is not None and self._queryset.__code__.co_argcount
        return self._queryset(request) if takes_request else self._queryset()

    @property
    def choices(self) -> dict[str, Any]:
        """The first rows, and those that an address of the page asks for."""
        shared = self.parent.lookups
        if self.name not in shared.found:
            wanted = self._keys(shared.wanted(self.name))
            if shared.trusted:
                shared.found[self.name] = {str(key): str(key) for key in wanted}
            else:
                shared.found |= self._first_rows()
                shared.found[self.name] |= self._more(wanted, shared.found[self.name])
        found: dict[str, Any] = shared.found[self.name]
        return found

    def _first_rows(self) -> dict[str, dict[str, Any]]:
        """Return the first rows by filter: of this one, and of all others that can be asked in the same query."""
        if not self.label_by:
            return {self.name: {str(row.pk): self.label_for(row) for row in self.rows()[:MOST_OPTIONS]}}
        filters = [one for one in self.parent.filters.values() if getattr(one, "label_by", "")]
        found: dict[str, dict[str, Any]] = {one.name: {} for one in filters}
        statements, params = zip(*(one.named_rows() for one in filters), strict=True)
        with connections[self.parent.queryset.db].cursor() as cursor:
            cursor.execute(" UNION ALL ".join(statements), [one for given in params for one in given])
            rows = cursor.fetchall()
        for name, key, label in sorted(rows, key=lambda row: row[2].casefold()):
            found[name][key] = label
        return found

    def named_rows(self) -> tuple[str, tuple[Any, ...]]:
        """Return a statement of the first rows as (this filter's name, id, label), and its values.

        Only the rows are asked for by a query set: one that also knew of names and casts would cost more to put together
        than its answer.
        """
        label = self.label_by if isinstance(self.label_by, str) else Cast(self.label_by, TextField())
        first = self.rows().values_list("pk", label)[:MOST_OPTIONS]
        sql, params = first.query.get_compiler(first.db).as_sql()
        named = f"SELECT %s::text, one.key::text, one.label::text FROM ({sql}) AS one (key, label)"  # noqa: S608 - compiled by Django, values are parameters
        return named, (self.name, *params)

    def _more(self, wanted: Sequence[Any], found: dict[str, Any]) -> dict[str, Any]:
        """Return those that an address asks for and that are not among the first."""
        missing = [key for key in wanted if str(key) not in found]
        if not missing or len(found) < MOST_OPTIONS:
            return {}
        rows: list[Model] = list(self.rows().filter(pk__in=missing))
        return {str(row.pk): self.label_for(row) for row in rows}

    def _keys(self, values: Sequence[str]) -> list[Any]:
        if not values:
            return []
        pk = self.rows().model._meta.pk
        keys = []
        for value in values[:MOST_WANTED]:
            try:
                keys.append(pk.to_python(value))
            except (ValidationError, ValueError, TypeError, OverflowError):
                continue
        return keys


class YesNoFilter(Filter):
    """`?used=yes` or `?used=no`. `not_null=True` asks whether the field holds anything at all.

    A method gets (queryset, field_name, bool).
    """

    popover = staticmethod(one_of)
    words = {"yes": _lazy("Yes"), "no": _lazy("No")}

    def __init__(
        self,
        field_name: str | None = None,
        *,
        not_null: bool = False,
        words: tuple[Any, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(field_name, **kwargs)
        self.not_null = not_null
        if words:
            self.words = {"yes": words[0], "no": words[1]}

    def read(self, data: QueryDict) -> Reading:
        """Read `yes` or `no`; of several the last counts."""
        given = data.get(self.name, "")
        if given == "":
            return Reading()
        if given not in self.words:
            return Reading(None, [unknown(self.name, given, self.label)])
        return Reading(given == "yes")

    def filter(self, qs: QuerySet, value: bool) -> QuerySet:  # noqa: FBT001 - the base class calls it so
        """Narrow to rows whose field is as asked."""
        if self.not_null:
            return qs.filter(**{f"{self.field_name}__isnull": not value})
        return qs.filter(**{str(self.field_name): value})

    def chips(self, value: bool, data: QueryDict) -> list[Chip]:  # noqa: FBT001 - the base class calls it so
        """The one chip."""
        key = "yes" if value else "no"
        return [Chip(str(self.label), str(self.words[key]), self.name, key, without_value(data, self.name, key))]

    def options(self, value: bool | None) -> list[Option]:  # noqa: FBT001 - the base class calls it so
        """Any, yes, no."""
        active = {True: "yes", False: "no", None: ""}[value]
        choices = [("", _lazy("Any")), *self.words.items()]
        return [Option(key, str(label), key == active) for key, label in choices]
