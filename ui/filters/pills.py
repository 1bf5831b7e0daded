"""The filters of a list as HTML: pills, and what opens below them.

Plain functions and string joins, not templates: a page has a dozen of them with a hundred lines.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui.cells import SWAP_ATTRIBUTES, esc
from ui.icons import icon

# Of so many values a pill names the first ones.
NAMED = 2
# A popover with more lines than this can be searched.
FEW = 12


@dataclass(frozen=True, slots=True)
class Option:
    """One line of a filter's popover. `url` is set for presets, which are links instead of boxes."""

    value: str
    label: str
    checked: bool = False
    url: str = ""


@dataclass(frozen=True, slots=True)
class Pill:
    """A filter as the tool bar draws it; `popover` draws what is inside."""

    name: str
    label: str
    popover: Callable[["Pill"], str]
    active: bool
    texts: Sequence[str] = ()
    options: Sequence[Option] = ()
    remove_url: str = ""
    always: bool = False
    extra: dict[str, Any] = field(default_factory=dict)

    def box(self) -> SafeString:
        """The pill with its popover."""
        on, head = (" data-on", self._values()) if self.active else ("", "")
        plus = "" if self.active else icon("circle-plus", 14)
        return SafeString(
            f'<div class="pillbox"{on}>\n'
            f'<button type="button" class="pill" popovertarget="f-{self.name}">{plus}{esc(self.label)}{head}</button>\n'
            f'{self._cross()}\n<div popover id="f-{self.name}" class="pop">{self.popover(self)}<noscript>'
            f'<button class="btn btn-sm" type="submit">{esc(_("Apply"))}</button></noscript></div>\n</div>'
        )

    def details(self) -> SafeString:
        """The filter as one of those below "More filters"."""
        return SafeString(
            f'<details name="more-filters"><summary>{esc(self.label)}{icon("chevron-down", 14)}</summary>'
            f"{self.popover(self)}</details>"
        )

    def _values(self) -> str:
        more = len(self.texts) - NAMED
        named = esc(", ".join(self.texts[:NAMED]))
        return f'<span class="pill-value">{named}{f" +{more}" if more > 0 else ""}</span>'

    def _cross(self) -> str:
        if not self.active:
            return ""
        says = _("Remove the filter %(label)s") % {"label": self.label}
        return (
            f'<a class="pill-x" href="{esc(self.remove_url)}" aria-label="{esc(says)}"{SWAP_ATTRIBUTES}>'
            f"{icon('x', 13)}</a>"
        )


def boxes(pill: Pill) -> str:
    """Draw any of several choices."""
    lines = _choices(pill, "checkbox") or f'<p class="sub pop-none">{esc(_("Nothing to choose from yet"))}</p>'
    return f"<fieldset>\n{_legend(pill)}\n{_find(pill)}\n{lines}\n</fieldset>\n"


def one_of(pill: Pill) -> str:
    """Draw one of several choices."""
    return f"<fieldset>\n{_legend(pill)}\n{_choices(pill, 'radio')}\n</fieldset>\n"


def two_days(pill: Pill) -> str:
    """Draw the usual periods as links, and two days to choose."""
    links = "".join(
        f'<a class="opt" href="{esc(one.url)}"{_CURRENT[one.checked]}{SWAP_ATTRIBUTES}>'
        f'<span class="grow">{esc(one.label)}</span>{icon("check", 14) if one.checked else ""}</a>'
        for one in pill.options
    )
    means = _("Today this means %(days)s") % {"days": pill.extra["means"]} if pill.extra["means"] else ""
    zone = _("Both days included, %(zone)s") % {"zone": pill.extra["zone"]}
    return (
        f'<div class="period">\n<p class="pop-title">{esc(pill.label)}</p>\n{links}\n<fieldset class="period-own">\n'
        f'<legend class="pop-title">{esc(_("Own period"))}</legend>\n'
        f"{''.join(_day(bound) for bound in pill.extra['bounds'])}\n"
        f"{_sub(means)}\n{_sub(zone)}\n</fieldset>\n</div>\n"
    )


_CHECKED = {True: " checked", False: ""}
_CURRENT = {True: ' aria-current="true"', False: ""}


def _choices(pill: Pill, kind: str) -> str:
    start = f'<label class="opt"><input type="{kind}" name="{pill.name}" value="'
    return "".join(
        f'{start}{esc(one.value)}"{_CHECKED[one.checked]}><span>{esc(one.label)}</span></label>' for one in pill.options
    )


def _legend(pill: Pill) -> str:
    return f'<legend class="pop-title">{esc(pill.label)}</legend>'


def _find(pill: Pill) -> str:
    if len(pill.options) <= FEW:
        return ""
    says = _("Find in %(label)s") % {"label": pill.label}
    return f'<input class="pop-find needs-js" type="search" data-find placeholder="{esc(_("Find"))}" aria-label="{esc(says)}">'


def _sub(text: str) -> str:
    return f'<p class="sub">{esc(text)}</p>' if text else ""


def _day(bound: Any) -> str:
    """Draw a field for a day of the calendar with the relative days beside it, or those alone where one is chosen."""
    if bound.word:
        field_ = f'<select name="{bound.param}">{bound.options}</select>'
        return f"<label><span>{esc(bound.label)}</span>{field_}</label>\n"
    shown = bound.day.isoformat() if bound.day else ""
    field_ = f'<input type="date" name="{bound.param}" value="{shown}">'
    says = _("%(label)s, a relative day") % {"label": bound.label}
    return (
        f"<label><span>{esc(bound.label)}</span>{field_}</label>\n"
        f'<select name="{bound.param}" aria-label="{esc(says)}">{bound.options}</select>'
    )
