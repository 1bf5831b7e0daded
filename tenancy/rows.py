"""Rows read and written by statements that are written out, for what tills run all day.

Putting a query together costs more than its answer where the answer is one row. What comes back is the same as from a
query set, what goes in is prepared as a save would: nothing here knows of locks, scopes or history.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models

from tenancy.changes import ChangeField

M = TypeVar("M", bound=models.Model)
ALL: frozenset[str] = frozenset()


@cache
def columns(model: type[models.Model], alias: str, only: frozenset[str] = ALL) -> str:
    """Return the columns of a table as they stand in a SELECT, in the order in which `loaded` takes their values.

    Of the fields named in `only`, or of all.
    """
    return ", ".join(f'{alias}."{field.column}"' for field in _chosen(model, only))


def loaded(model: type[M], values: Sequence[Any], only: frozenset[str] = ALL) -> M:
    """Return the row that these values of its `columns` are, as a query set would; what was left out is read when asked for."""
    names, converters = _reading(model, only)
    if converters:
        found, connection = list(values), connections[DEFAULT_DB_ALIAS]
        for place, convert in converters:
            found[place] = convert(found[place], None, connection)
        values = found
    row: M = model.from_db(DEFAULT_DB_ALIAS, names, values)
    return row


@cache
def assignments(model: type[models.Model], fields: frozenset[str]) -> tuple[str, tuple[Any, ...]]:
    """Return what stands behind SET for these fields, and the fields whose values it takes, in their order."""
    found = [model._meta.get_field(name) for name in sorted(fields)]
    given: tuple[Any, ...] = tuple(one for one in found if not isinstance(one, ChangeField))
    sets = [f'"{one.column}" = %s' for one in given]
    sets += [f'"{one.column}" = pg_current_xact_id()::text::bigint' for one in found if isinstance(one, ChangeField)]
    return ", ".join(sets), given


@cache
def insertion(model: type[models.Model]) -> tuple[str, tuple[Any, ...]]:
    """Return an INSERT of one row, and the fields whose values it takes: what the database fills in is left out."""
    given = tuple(one for one in model._meta.concrete_fields if not (one.generated or one.has_db_default()))
    names, places = ", ".join(f'"{one.column}"' for one in given), ", ".join(["%s"] * len(given))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})", given  # noqa: S608 - names of columns


def values_of(row: models.Model, fields: Iterable[Any]) -> list[Any]:
    """Return the values of these fields as the database takes them."""
    # Not the name that stands for it: that one looks for the thread's connection at each touch.
    connection = connections[DEFAULT_DB_ALIAS]
    return [one.get_db_prep_save(getattr(row, one.attname), connection) for one in fields]


def values_by_name(values: Mapping[str, Any], fields: Iterable[Any]) -> list[Any]:
    """Return the same for a row that nobody needs as an object: its values by the names of its attributes."""
    connection = connections[DEFAULT_DB_ALIAS]
    return [one.get_db_prep_save(values[one.attname], connection) for one in fields]


def _chosen(model: type[models.Model], only: frozenset[str]) -> list[Any]:
    return [one for one in model._meta.concrete_fields if not only or one.attname in only]


@cache
def _reading(model: type[models.Model], only: frozenset[str]) -> tuple[list[str], list[tuple[int, Any]]]:
    fields = _chosen(model, only)
    converters = [(place, one.from_db_value) for place, one in enumerate(fields) if hasattr(one, "from_db_value")]
    return [one.attname for one in fields], converters
