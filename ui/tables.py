"""Grids: tables2 declares them, this module draws their rows.

tables2 renders a cell through four layers and a template; a page of 50 rows spends most of its time there. Here the
plan of a table (which function makes which cell, between which tags) is made once per request and the rows are one
join. Declarations stay those of tables2: columns, `Meta`, `render_<column>` methods.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape as html_escape
from typing import Any, ClassVar

import django_tables2
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui import cells
from ui.chooser import ColumnChoice
from ui.icons import icon
from ui.keyset import Sort
from ui.querystring import changed

PHONE_PLACES = ("lead", "side", "line", "none")
SORT_ICONS = {"ascending": "arrow-up", "descending": "arrow-down", "": "chevrons-up-down"}
# What most of the `render_<column>` methods take.
RECORD_ALONE = frozenset({"record"})


class Column(django_tables2.Column):
    """A column of a grid.

    `numeric` aligns to the end; `phone` says where the cell goes when the row is a card: `lead` (its title),
    `side` (top corner), `line` (a line with its label), `none`. `label_on_phone=False` leaves the label away.
    """

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        numeric: bool = False,
        phone: str = "line",
        label_on_phone: bool = True,
        **kwargs: Any,
    ) -> None:
        if phone not in PHONE_PLACES:
            raise ValueError(f"phone={phone!r} is none of {PHONE_PLACES}")
        super().__init__(verbose_name=verbose_name, **kwargs)
        self.numeric = numeric
        self.phone = phone
        self.label_on_phone = label_on_phone

    def __deepcopy__(self, memo: dict[int, Any]) -> "Column":
        """Return a copy as each table gets one: what a column was declared with never changes, so nothing below is copied."""
        return copy.copy(self)


@dataclass(frozen=True)
class Head:
    """One header cell; `sort_url` is empty where the list cannot be sorted by it."""

    name: str
    label: str
    css: str
    sort_url: str = ""
    direction: str = ""

    def cell(self) -> SafeString:
        """The cell as HTML."""
        css = f' class="{self.css}"' if self.css else ""
        sorted_ = f' aria-sort="{self.direction}"' if self.direction else ""
        label = cells.esc(self.label)
        if self.sort_url:
            mark = f'<span class="sort-icon">{icon(SORT_ICONS[self.direction], 12)}</span>'
            label = f'<a href="{cells.esc(self.sort_url)}"{cells.SWAP_ATTRIBUTES}>{label}{mark}</a>'
        return SafeString(f'<th scope="col"{css}{sorted_}>{label}</th>')


@dataclass(frozen=True)
class _Plan:
    start: str
    cell: Callable[[Any], str]
    end: str


class Table(django_tables2.Table):
    """Base of every grid. `row_header` names the column that is the row's header, by default the first one.

    It can be moved but not hidden. `render_<name>` may take `record`, `value`, `table`, `column` or `bound_column`; where
    it takes `value`, an empty one (`column.empty_values`) is drawn as a dash without calling it. What it returns is
    escaped unless safe. `columns` are the columns to show, in that order; `here` is the id of the row that was left.
    """

    class Meta:
        template_name = "tables/grid.html"
        order_by_field = "-"

    selectable: ClassVar[bool] = False
    row_header: ClassVar[str] = ""

    def __init__(
        self, data: Any = (), *, columns: Iterable[str] = (), selectable: bool = False, here: str = "", **kwargs: Any
    ) -> None:
        shown = self.shown(columns)
        hidden = [name for name in self.known() if name not in shown]
        if isinstance(data, QuerySet):
            data = list(data)
        super().__init__(data, exclude=(*type(self)._meta.exclude, *hidden), sequence=(*shown, "..."), **kwargs)
        self.records = data
        self.with_boxes = selectable or self.selectable
        self.here = here
        self._drawn: dict[tuple[Any, ...], str] = {}

    @classmethod
    def known(cls) -> list[str]:
        """Return the names of all columns, in the order of their declaration."""
        return [name for name in cls.base_columns if name not in cls._meta.exclude]

    @classmethod
    def header(cls) -> str:
        """Return the name of the column that is the row's header."""
        return cls.row_header or cls.known()[0]

    @classmethod
    def shown(cls, asked: Iterable[str]) -> tuple[str, ...]:
        """Return the columns to show: those asked for that there are, else all; the row's header is among them."""
        known = cls.known()
        names = [name for name in dict.fromkeys(asked) if name in known]
        if not names:
            return tuple(known)
        return tuple(names) if cls.header() in names else tuple(_put_back(names, cls.header(), known))

    @classmethod
    def arranged(cls, shown: Iterable[str]) -> list[str]:
        """Return all columns in the order of `shown`, each hidden one behind its neighbour of the declaration."""
        found, known = list(shown), cls.known()
        for name in known:
            if name not in found:
                found = _put_back(found, name, known)
        return found

    def once(self, make: Callable[..., str], *values: Any) -> str:
        """Return `make(*values)`, made once for each page: for what only a few values can look like."""
        key = (make, *values)
        if key not in self._drawn:
            self._drawn[key] = make(*values)
        return self._drawn[key]

    def row_label(self, record: Any) -> str:
        """What the box of a row is called: `Select <label>`."""
        return str(record)

    def row_id(self, record: Any) -> str:
        """The id that a bulk action posts."""
        return str(record["id"] if isinstance(record, Mapping) else record.pk)

    def row_css(self, record: Any) -> str:
        """An extra class for a row."""
        return ""

    def heads(self, sort: Sort | None = None, sorts: Iterable[str] = (), data: QueryDict | None = None) -> list[Head]:
        """Return the header cells; those named in `sorts` link to the list sorted by them."""
        known, found = set(sorts), []
        for bound in self.columns.iterall():
            name, direction, url = bound.name, "", ""
            if sort is not None and sort.name == name:
                direction = "descending" if sort.descending else "ascending"
            if data is not None and name in known:
                first_down = getattr(bound.column, "numeric", False) or bound.column.initial_sort_descending
                down = direction == "ascending" or (not direction and first_down)
                url = changed(data, {"sort": f"-{name}" if down else name})
            found.append(
                Head(name, self.labels[name], _css(bound.column, is_header=name == self.header()), url, direction)
            )
        return found

    @functools.cached_property
    def labels(self) -> dict[str, str]:
        """What the columns are called, by name."""
        return {bound.name: str(bound.header) for bound in self.columns.iterall()}

    def choices(self) -> list[ColumnChoice]:
        """Return what the column chooser offers, in the order of the table."""
        shown = [bound.name for bound in self.columns.iterall()]
        names = self.arranged(shown)
        return [
            ColumnChoice(
                name=name,
                label=str(_label(type(self).base_columns[name], name)),
                hidden=name not in shown,
                fixed=name == self.header(),
                first=name == shown[0],
                last=name == shown[-1],
            )
            for name in names
        ]

    def body(self) -> SafeString:
        """Return all rows as HTML."""
        plans = [self._plan(bound) for bound in self.columns.iterall()]
        select = html_escape(_("Select %(row)s"))
        parts: list[str] = []
        for record in self.records:
            parts.append(self._start(record))
            if self.with_boxes:
                parts.append(self._box(record, select))
            for plan in plans:
                parts += (plan.start, plan.cell(record), plan.end)
            parts.append("</tr>")
        return SafeString("".join(parts))

    def _start(self, record: Any) -> str:
        css = self.row_css(record)
        here = " data-focus tabindex=-1" if self.here and self.row_id(record) == self.here else ""
        return f'<tr class="{html_escape(css)}"{here}>' if css else f"<tr{here}>"

    def _box(self, record: Any, select: str) -> str:
        label = select % {"row": html_escape(self.row_label(record))}
        return (
            f'<td class="c-select"><input type="checkbox" name="id" value="{html_escape(self.row_id(record))}"'
            f' form="bulk" data-row aria-label="{label}"></td>'
        )

    def _plan(self, bound: Any) -> _Plan:
        is_header = bound.name == self.header()
        tag, scope = ("th", ' scope="row"') if is_header else ("td", "")
        column = bound.column
        label = ""
        if not is_header and getattr(column, "phone", "line") == "line" and getattr(column, "label_on_phone", True):
            label = f' data-label="{html_escape(self.labels[bound.name])}"'
        css = _css(column, is_header=is_header)
        start = f'<{tag}{scope} class="{css}"{label}>' if css else f"<{tag}{scope}{label}>"
        return _Plan(start, self._cell(bound), f"</{tag}>")

    def _cell(self, bound: Any) -> Callable[[Any], str]:
        method = getattr(self, f"render_{bound.name}", None)
        read = _reader(str(bound.column.accessor if bound.column.accessor is not None else bound.name))
        if method is None:
            return _automatic(read)
        wanted = _wanted(method.__func__)
        if wanted == RECORD_ALONE:
            return lambda record: cells.esc(method(record))
        fixed = {"table": self, "column": bound.column, "bound_column": bound}
        extra = {name: value for name, value in fixed.items() if name in wanted}
        with_record, with_value = "record" in wanted, "value" in wanted
        empty, nothing = bound.column.empty_values, cells.dash()

        def cell(record: Any) -> str:
            given = {"record": record, **extra} if with_record else dict(extra)
            if with_value:
                given["value"] = value = read(record)
                if value in empty:
                    return nothing
            return cells.esc(method(**given))

        return cell


def _automatic(read: Callable[[Any], Any]) -> Callable[[Any], str]:
    nothing = cells.dash()

    def cell(record: Any) -> str:
        value = read(record)
        return nothing if value is None or value == "" else cells.automatic(value)

    return cell


@functools.lru_cache(maxsize=1024)
def _wanted(method: Callable[..., Any]) -> frozenset[str]:
    """Return what a `render_<column>` asks for: looked at once and not for each page."""
    return frozenset(inspect.signature(method).parameters)


def _put_back(names: list[str], name: str, known: list[str]) -> list[str]:
    """Return the names with `name` behind the nearest column that stands before it in `known`, else at the front."""
    before = [other for other in known[: known.index(name)] if other in names]
    at = names.index(before[-1]) + 1 if before else 0
    return [*names[:at], name, *names[at:]]


def _label(column: Any, name: str) -> Any:
    return column.verbose_name if column.verbose_name is not None else name


def _css(column: Any, *, is_header: bool) -> str:
    classes = ["c-lead"] if is_header else []
    if getattr(column, "numeric", False):
        classes.append("num")
    place = getattr(column, "phone", "line")
    if not is_header and place != "line":
        classes.append(f"p-{place}")
    own = column.attrs.get("td", {}).get("class", "")
    return " ".join([*classes, own]).strip()


def _reader(path: str) -> Callable[[Any], Any]:
    names = path.replace("__", ".").split(".")

    def read(record: Any) -> Any:
        value = record
        for name in names:
            value = value.get(name) if isinstance(value, dict) else getattr(value, name, None)
            if value is None:
                return None
        return value() if callable(value) else value

    return read
