"""How a dataset is declared: its columns, and where each comes from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, QuerySet

from exports.formats.columns import Column, Kind
from tenancy.lists import StaffListView

# Before the output names of the query, so that none of them is the name of a model's own field.
PREFIX = "x_"


class Moment(NamedTuple):
    """The instant (aware) and the zone (the merchant's) by which rows are judged: one for a whole file."""

    now: datetime
    zone: tzinfo


Source = str | Callable[[Moment], Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of the file, and the column or expression of the query behind it."""

    column: Column
    source: Source

    def expression(self, moment: Moment) -> Any:
        """Return what the query computes for this column."""
        return F(self.source) if isinstance(self.source, str) else self.source(moment)


def _field(kind: Kind, key: str, title: Any, about: Any, source: Source, choices: Iterable[Any] = ()) -> Field:
    column = Column(key, title, kind, f"{PREFIX}{key}", about, tuple((str(value), label) for value, label in choices))
    return Field(column, source or key)


def text(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare words that somebody typed."""
    return _field(Kind.TEXT, key, title, about, source)


def code(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare an id, a number of an order or a card, a code."""
    return _field(Kind.CODE, key, title, about, source)


def number(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare a whole number."""
    return _field(Kind.INTEGER, key, title, about, source)


def decimal(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare a number with decimals."""
    return _field(Kind.DECIMAL, key, title, about, source)


def money(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare an amount; its currency stands in a column of its own."""
    return _field(Kind.MONEY, key, title, about, source)


def moment(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare a date with its time."""
    return _field(Kind.MOMENT, key, title, about, source)


def day(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare a date."""
    return _field(Kind.DAY, key, title, about, source)


def yes_no(key: str, title: Any, about: Any = "", source: Source = "") -> Field:
    """Declare yes or no."""
    return _field(Kind.YES_NO, key, title, about, source)


def choice(key: str, title: Any, choices: Iterable[Any], about: Any = "", source: Source = "") -> Field:
    """Declare one of a few stored values, given with their labels."""
    return _field(Kind.CHOICE, key, title, about, source, choices)


@dataclass(frozen=True)
class Dataset:
    """The rows of one list.

    `list_name` is the name of the list's address, `page` its view: its filters, its sorts and the role that may see it
    are those of the dataset. `rows` returns the list's rows before any filter. `shown` says which
    columns of the file stand for a column of the list, where that is not the one of its name. `changes` is the column
    with the writing transaction's number, "" where changes cannot be told.
    """

    name: str
    title: Any
    icon: str
    list_name: str
    page: type[StaffListView]
    rows: Callable[[Moment], QuerySet[Any]]
    fields: tuple[Field, ...]
    shown: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    changes: str = "change_xid"

    @cached_property
    def by_key(self) -> dict[str, Field]:
        """The columns by their keys, in the order of their declaration."""
        return {one.column.key: one for one in self.fields}

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order of their declaration."""
        return tuple(one.column for one in self.fields)

    @property
    def keys(self) -> list[str]:
        """The keys of all columns."""
        return list(self.by_key)

    def known(self, keys: Iterable[str]) -> list[str]:
        """Return those of the keys that there are, each once, in their order; all where none is left."""
        found = [key for key in dict.fromkeys(keys) if key in self.by_key]
        return found or self.keys

    def of_list(self, names: Iterable[str]) -> list[str]:
        """Return the columns of the file that stand for the list's own, in the list's order; the id comes first."""
        found = ["id"]
        for name in names:
            found += self.shown.get(name, (name,))
        return self.known(found)
