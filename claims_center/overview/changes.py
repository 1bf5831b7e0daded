"""Comparing a figure with the period before, in words."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_center.overview.figures import Change, Figure
from ui import locale

# Below this a share reads the same: a tenth of a per cent.
SMALLEST = 0.0005


def more_or_fewer(now: Figure, before: Figure, *, good: bool | None = True) -> Change:
    """Compare two numbers of claims: so many per cent more, or fewer. `good`: whether more is welcome."""
    if now.count == before.count:
        return Change("same", _("as many as before"), before.value, before.query, before.count)
    if not before.count:
        return Change("up", _("none before"), before.value, before.query, before.count)
    share = locale.percent(abs(now.count - before.count) / before.count)
    up = now.count > before.count
    text = _("%(share)s more") % {"share": share} if up else _("%(share)s fewer") % {"share": share}
    return _change(text, before, up=up, good=good)


def longer_or_shorter(now: Figure, before: Figure) -> Change | None:
    """Compare two lengths of time; None where one is missing."""
    if now.rank < 0 or before.rank < 0:
        return None
    if now.rank == before.rank or not before.rank:
        return Change("same", _("as long as before"), before.value, before.query, before.count)
    share = locale.percent(abs(now.rank - before.rank) / before.rank)
    up = now.rank > before.rank
    text = _("%(share)s longer") % {"share": share} if up else _("%(share)s shorter") % {"share": share}
    return _change(text, before, up=up, good=False)


def points(now: Figure, before: Figure) -> Change | None:
    """Compare two shares by percentage points; None where one is missing."""
    if now.rank < 0 or before.rank < 0:
        return None
    gap = now.rank - before.rank
    if abs(gap) < SMALLEST:
        return Change("same", _("as high as before"), before.value, before.query, before.count)
    number = locale.number(round(abs(gap) * 100, 1))
    text = _("%(number)s points up") if gap > 0 else _("%(number)s points down")
    return _change(text % {"number": number}, before, up=gap > 0, good=True)


def since(now: int, before: int, day: date) -> Change:
    """Compare how many wait now with how many did when the period began."""
    words = {"number": locale.number(abs(now - before)), "day": locale.short_day(day)}
    if now == before:
        return Change("same", _("as many as on %(day)s") % words)
    if now > before:
        text = ngettext("%(number)s more than on %(day)s", "%(number)s more than on %(day)s", now - before)
    else:
        text = ngettext("%(number)s fewer than on %(day)s", "%(number)s fewer than on %(day)s", before - now)
    return Change("up" if now > before else "down", text % words, good=now < before)


def _change(text: str, before: Figure, *, up: bool, good: bool | None) -> Change:
    welcome = None if good is None else up == good
    return Change("up" if up else "down", text, before.value, before.query, before.count, welcome)
