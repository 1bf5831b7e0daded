"""What stands in one cell of a grid, in a facts list or beside a heading. Every function returns safe HTML.

Plain functions and string joins, not templates: a page of 50 rows calls them 500 times.
"""

import functools
from collections.abc import Mapping
from datetime import date, datetime
from html import escape as html_escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ui import locale
from ui.icons import icon

TONE_ICONS = {
    "ok": "circle-check",
    "warn": "clock",
    "bad": "circle-x",
    "info": "send",
    "mute": "circle-dashed",
}


def esc(value: Any) -> str:
    """Return `value` as HTML text; what is marked safe stays as it is."""
    return value.__html__() if hasattr(value, "__html__") else html_escape(str(value))


def dash() -> SafeString:
    """Nothing to show, said aloud as such."""
    return _dash(get_language())


@functools.lru_cache(maxsize=64)
def _dash(_language: str | None) -> SafeString:
    # Once for each language: half of the cells of some lists are empty.
    return SafeString(f'<span class="sub" aria-hidden="true">—</span><span class="sr">{esc(_("none"))}</span>')


def text(value: Any) -> SafeString:
    """Escaped text, a dash when empty."""
    return dash() if value is None or value == "" else SafeString(esc(value))


def long_text(value: Any, limit: int = 60) -> SafeString:
    """One line of a longer text; the whole of it in the tooltip."""
    whole = str(value or "")
    if len(whole) <= limit:
        return text(whole)
    return SafeString(f'<span title="{html_escape(whole)}">{html_escape(whole[: limit - 1].rstrip())}…</span>')


def two_lines(first: Any, second: Any) -> SafeString:
    """A main line with a quieter one below it, which the compact density leaves out."""
    below = f'<span class="sub">{esc(second)}</span>' if second else ""
    return SafeString(f'<span class="two"><span>{esc(first)}</span>{below}</span>')


def link(url: str, label: Any, says: Any = "") -> SafeString:
    """A link inside a cell; ``says`` is what it is called where the label alone would not tell."""
    called = f' aria-label="{esc(says)}"' if says else ""
    return SafeString(f'<a class="link" href="{esc(url)}"{called}>{esc(label)}</a>')


def person(name: Any, email: Any, url: str = "") -> SafeString:
    """Name over e-mail address, together one link to the person's page."""
    main = esc(name or email or _("No name"))
    below = f'<span class="who-mail">{esc(email)}</span>' if email and name else ""
    body = f'<span class="who-name">{main}</span>{below}'
    return SafeString(f'<a class="who" href="{esc(url)}">{body}</a>' if url else f'<span class="who">{body}</span>')


def badge(label: Any, tone: str = "mute", icon_name: str = "") -> SafeString:
    """A status: icon, word and tint. Tones: ok, warn, bad, info, mute; each has an icon of its own shape."""
    mark = icon(icon_name or TONE_ICONS.get(tone, "circle-dashed"), 14)
    return SafeString(f'<span class="badge badge-{esc(tone)}">{mark}{esc(label)}</span>')


def yes_no(value: bool | None) -> SafeString:  # noqa: FBT001 - the value is what the cell shows
    """Yes, no, or a dash for unknown."""
    if value is None:
        return dash()
    mark, word = ("check", _("Yes")) if value else ("minus", _("No"))
    return SafeString(f'<span class="yes-no" data-yes="{int(value)}">{icon(mark, 14)}{esc(word)}</span>')


def when(value: datetime | None) -> SafeString:
    """Day and, quieter, the time of day in the active zone."""
    if value is None:
        return dash()
    day_text, clock_text = locale.day_and_clock(value)
    return SafeString(
        f'<time datetime="{value.isoformat(timespec="seconds")}">{html_escape(day_text)}'
        f' <span class="sub">{html_escape(clock_text)}</span></time>'
    )


def day(value: date | datetime | None) -> SafeString:
    """A calendar day."""
    if value is None:
        return dash()
    return SafeString(f'<time datetime="{value.isoformat()}">{html_escape(locale.day(value))}</time>')


def ago(value: datetime | None) -> SafeString:
    """How long ago; the exact moment with its zone in the tooltip."""
    if value is None:
        return dash()
    return SafeString(
        f'<time datetime="{value.isoformat(timespec="seconds")}"'
        f' title="{html_escape(locale.moment_with_zone(value))}">{html_escape(locale.ago(value))}</time>'
    )


def money(amount: locale.Amount | None, currency: str) -> SafeString:
    """An amount in major units with its currency."""
    return dash() if amount is None else SafeString(html_escape(locale.money(amount, currency)))


def number(value: locale.Amount | None) -> SafeString:
    """A number with the locale's separators."""
    return dash() if value is None else SafeString(html_escape(locale.number(value)))


def code(value: Any, *, copy: bool = True) -> SafeString:
    """A code or number to be typed elsewhere, in fixed width, with a button that copies it."""
    if not value:
        return dash()
    shown = esc(value)
    button = copy_button(str(value), _("Copy %(value)s") % {"value": value}) if copy else ""
    return SafeString(f'<span class="code">{shown}{button}</span>')


def copy_button(value: str, label: str) -> SafeString:
    """A small button that puts `value` on the clipboard; only drawn where scripts run."""
    return SafeString(
        f'<button type="button" class="copy" data-copy="{html_escape(value)}" aria-label="{html_escape(label)}">'
        f"{icon('copy', 13)}</button>"
    )


def rating(stars: int | None, *, out_of: int = 5) -> SafeString:
    """Stars as a figure that reads aloud: `4 of 5`."""
    if stars is None:
        return dash()
    label = _("%(stars)s of %(out_of)s stars") % {"stars": stars, "out_of": out_of}
    return SafeString(
        f'<span class="rating">{icon("star", 14)}<span aria-hidden="true">{int(stars)}</span>'
        f'<span class="sr">{esc(label)}</span></span>'
    )


def action(url: str, label: Any, icon_name: str, *, dialog: bool = False, opens: bool = False) -> SafeString:
    """An icon button that is a link; with `dialog` its page opens in the dialog where scripts run.

    `opens` is the one that Enter follows on its row.
    """
    extra = DIALOG_ATTRIBUTES if dialog else " data-open" if opens else ""
    return SafeString(
        f'<a class="btn btn-ghost btn-icon btn-sm" href="{esc(url)}" aria-label="{esc(label)}" title="{esc(label)}"'
        f"{extra}>{icon(icon_name, 15)}</a>"
    )


def attributes(values: Mapping[str, str]) -> SafeString:
    """HTML attributes, escaped, with a leading blank."""
    return SafeString("".join(f' {name}="{html_escape(str(value))}"' for name, value in values.items()))


DIALOG_ATTRIBUTES = attributes(
    {
        "hx-boost": "true",
        "hx-target": "#dialog-body",
        "hx-swap": "innerHTML",
        "hx-push-url": "false",
        "hx-sync": "this:drop",
        "aria-haspopup": "dialog",
    }
)
SWAP_ATTRIBUTES = attributes(
    {"hx-boost": "true", "hx-target": "#grid-region", "hx-swap": "outerHTML show:none", "hx-push-url": "true"}
)


def automatic(value: Any) -> str:
    """The cell for a value whose column says nothing more about it."""
    if value is None or value == "":
        return dash()
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, int):
        return number(value)
    return esc(value)
