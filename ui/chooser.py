"""The column chooser of a list as HTML: one line for each column, in the order of the table."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ui.cells import esc
from ui.icons import icon


@dataclass(frozen=True)
class ColumnChoice:
    """One line of the column chooser; a fixed one cannot be hidden; the first and the last are those of the shown ones."""

    name: str
    label: str
    hidden: bool
    fixed: bool = False
    first: bool = False
    last: bool = False


def chooser(columns: Iterable[ColumnChoice], *, remembered: bool) -> SafeString:
    """Return all lines; where the choice is `remembered` each shown column can be moved as well."""
    up, down = _("Move %(column)s up"), _("Move %(column)s down")
    parts: list[str] = []
    for one in columns:
        parts.append('<div class="opt-column">\n')
        if remembered:
            parts.append(f'<input type="hidden" name="order" value="{one.name}">')
        parts.append(_box(one))
        if remembered and not one.hidden:
            parts += ("" if one.first else _mover(one, "up", up), "" if one.last else _mover(one, "down", down))
        parts.append("\n</div>")
    return SafeString("".join(parts))


def _box(one: ColumnChoice) -> str:
    label = f"<span>{esc(capfirst(one.label))}</span>"
    if one.fixed:
        given = f'<input type="hidden" name="columns" value="{one.name}">'
        return f'\n<span class="opt">{given}{icon("lock", 13)}{label}</span>'
    ticked = "" if one.hidden else " checked"
    return f'\n<label class="opt"><input type="checkbox" name="columns" value="{one.name}"{ticked}>{label}</label>'


def _mover(one: ColumnChoice, way: str, says: str) -> str:
    return (
        f'\n<button class="btn btn-ghost btn-icon btn-sm" type="submit" name="move" value="{one.name}:{way}"'
        f' aria-label="{esc(says % {"column": one.label})}">{icon(f"arrow-{way}", 13)}</button>'
    )
