"""The filter set and what a page draws of it."""

import copy
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from ui.filters.pills import Option, Pill, boxes
from ui.querystring import changed, without_value

LONGEST_SHOWN = 40


@dataclass(frozen=True)
class Problem:
    """A parameter that could not be used: it is left out of the query, said on the page, and can be removed."""

    param: str
    value: str
    text: str
    remove_url: str = ""


@dataclass(frozen=True)
class Reading:
    """What a filter made of the parameters: its value (None = off) and what it could not understand."""

    value: Any = None
    problems: Sequence[Problem] = ()


@dataclass(frozen=True)
class Chip:
    """One active value: `Status: New`, with the address of the list without it."""

    label: str
    text: str
    param: str
    value: str
    remove_url: str


class Filter(django_filters.Filter):
    """Base of our filters: reads the parameters leniently, knows its chips and its pill.

    `always=False` puts the pill under "More filters" until it is active; `pill=False` shows it as a chip only.
    """

    popover = staticmethod(boxes)
    name = ""

    def __init__(self, field_name: str | None = None, *, always: bool = True, pill: bool = True, **kwargs: Any) -> None:
        super().__init__(field_name, **kwargs)
        self.always = always
        self.pill = pill

    def params(self) -> list[str]:
        """The parameters that belong to this filter."""
        return [self.name]

    def given(self, param: str, data: QueryDict) -> list[str]:
        """Return the values of one of the parameters that count, as they were given."""
        return [value for value in data.getlist(param) if value != ""]

    def read(self, data: QueryDict) -> Reading:
        """Return the value for `data`; never raises."""
        raise NotImplementedError

    def chips(self, value: Any, data: QueryDict) -> list[Chip]:
        """Return one chip for each active value."""
        raise NotImplementedError

    def options(self, value: Any) -> list[Option]:
        """Return the choices of the popover."""
        return []

    def draw(self, value: Any, data: QueryDict) -> Pill:
        """Return the pill for the tool bar."""
        chips = self.chips(value, data) if value is not None else []
        return Pill(
            name=self.name,
            label=str(self.label),
            popover=self.popover,
            active=value is not None,
            texts=[chip.text for chip in chips],
            options=self.options(value),
            remove_url=changed(data, dict.fromkeys(self.params())),
            always=self.always,
            extra=self.extra_for(data),
        )

    def extra_for(self, data: QueryDict) -> dict[str, Any]:
        """What the popover needs beside the options."""
        return {}


class Lookups:
    """The rows that filter sets of one page choose from, looked up once for all of their parameters.

    `trusted` takes every id for a row that there is, without a query: for parameters that were checked and signed.
    """

    def __init__(self, *datas: QueryDict, trusted: bool = False) -> None:
        self.datas = datas
        self.trusted = trusted
        self.found: dict[str, dict[str, Any]] = {}

    def wanted(self, name: str) -> list[str]:
        """Return every value of a parameter."""
        return list(dict.fromkeys(value for data in self.datas for value in data.getlist(name) if value != ""))


class FilterSet(django_filters.FilterSet):
    """Narrows a queryset by request parameters; what it cannot understand it leaves out and reports.

    Declare filters from `ui.filters` only; the first declared pills stand first. Nothing here raises on junk.
    `lookups` is shared by the filter sets of one page. `today` is the day that relative days are counted from; None means
    the present one of the active zone.
    """

    declared_filters: ClassVar[dict[str, Filter]]
    today: date | None = None

    def __init__(
        self,
        data: QueryDict | None = None,
        queryset: QuerySet | None = None,
        *,
        request: HttpRequest | None = None,
        lookups: Lookups | None = None,
    ) -> None:
        # Not the base's own: it copies every filter in depth, which for a page with five tabs costs more than the query.
        self.data = data if data is not None else QueryDict()
        self.is_bound = True
        self.queryset = queryset if queryset is not None else self._meta.model._default_manager.all()
        self.request = request
        self.lookups = lookups or Lookups(self.data)
        self.form_prefix = None
        self._bound: dict[str, Filter] = {}

    @cached_property
    def filters(self) -> dict[str, Filter]:
        """All filters by name."""
        return {name: self._bind(name) for name in self.base_filters}

    @property
    def _params(self) -> dict[str, list[str]]:
        kind: Any = type(self)
        found: dict[str, list[str]] = _params_of(kind)
        return found

    def _bind(self, name: str) -> Filter:
        """Return one filter as this set's own: most sets of a page are those of its tabs, which need one or two."""
        if name not in self._bound:
            declared = self.base_filters[name]
            bound = self._bound[name] = copy.copy(declared)
            bound.name, bound.parent, bound.model = name, self, self.queryset.model
            if declared.method is not None:
                bound.method = declared.method
        return self._bound[name]

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """What each filter read of which a parameter is given, by name."""
        asked = (name for name, params in self._params.items() if any(one in self.data for one in params))
        return {name: self._bind(name).read(self.data) for name in asked}

    @property
    def qs(self) -> QuerySet:
        """The narrowed queryset."""
        if not hasattr(self, "_qs"):
            queryset = self.queryset.all()
            for name, reading in self.readings.items():
                if reading.value is not None:
                    queryset = self._bind(name).filter(queryset, reading.value)
            self._qs = queryset
        return self._qs

    def problems(self) -> list[Problem]:
        """Everything in the parameters that was left out, with the address of the list without it."""
        return [
            Problem(one.param, one.value, one.text, without_value(self.data, one.param, one.value))
            for reading in self.readings.values()
            for one in reading.problems
        ]

    def is_valid(self) -> bool:
        """Tell whether every parameter was understood (the API refuses where a page only says so)."""
        return not any(reading.problems for reading in self.readings.values())

    @property
    def errors(self) -> dict[str, list[str]]:
        """Problems by parameter, as the API reports them."""
        found: dict[str, list[str]] = {}
        for problem in self.problems():
            found.setdefault(problem.param, []).append(problem.text)
        return found

    def active(self) -> dict[str, Any]:
        """The values in force, by filter name."""
        return {name: reading.value for name, reading in self.readings.items() if reading.value is not None}

    def chips(self) -> list[Chip]:
        """One chip for every active value, the search included."""
        return [chip for name, value in self.active().items() for chip in self.filters[name].chips(value, self.data)]

    def loose_chips(self) -> list[Chip]:
        """The chips of filters that have no pill and are not the search box."""
        return [
            chip
            for name, value in self.active().items()
            if not self.filters[name].pill and name != "q"
            for chip in self.filters[name].chips(value, self.data)
        ]

    def pills(self) -> list[Pill]:
        """The pills in declared order."""
        read = self.readings
        return [
            one.draw(read[name].value if name in read else None, self.data)
            for name, one in self.filters.items()
            if one.pill
        ]

    def params(self) -> list[str]:
        """Every parameter that belongs to a filter."""
        return [param for params in self._params.values() for param in params]

    def clear_url(self) -> str:
        """The list without any filter, its sort and columns kept."""
        return changed(self.data, dict.fromkeys(self.params()))

    def query_string(self) -> str:
        """Only the parameters of active filters, as a bulk action or an export carries them along."""
        return self._query_string

    @cached_property
    def _query_string(self) -> str:
        # A page asks four times.
        known = self._params
        active = [(self.filters[name], param) for name in self.active() for param in known[name]]
        kept = QueryDict(mutable=True)
        for one, param in active:
            kept.setlist(param, one.given(param, self.data))
        return kept.urlencode()


@functools.lru_cache(maxsize=512)
def _params_of(kind: Any) -> dict[str, list[str]]:
    """Return the parameters of each filter, by its name."""
    found = {}
    for name, declared in kind.base_filters.items():
        named = copy.copy(declared)
        named.name = name
        found[name] = named.params()
    return found


def unknown(param: str, value: str, label: Any) -> Problem:
    """The problem of a value that is not among the choices; long junk is cut."""
    shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
    text = _("%(label)s: “%(value)s” is not known") % {"label": label, "value": shown.replace("\x00", "�")}
    return Problem(param, value, text)
