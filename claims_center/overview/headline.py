"""The figures at the top, each beside its period before."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from claims_center.overview import changes, figures
from claims_center.overview.choice import Choice
from claims_center.overview.figures import Figure
from claims_center.tallies.reading import EVER, Answer, Window
from ui import locale

QUESTIONS = ("totals", "took", "oldest")


def windows(choice: Choice) -> list[Window]:
    """Return the ranges of days that the figures look at; the first is the period itself."""
    now, before = Window.of("now", choice.period), Window.of("before", choice.before)
    return [now, before, Window("since", start=choice.start), Window(EVER)]


def headline(choice: Choice, answer: Answer, now: datetime) -> list[Figure]:
    """Return the six figures of a period, from an answer to QUESTIONS about its windows."""
    counts, past = (answer.totals.get((name, "all", ""), {}) for name in ("now", "before"))
    took, took_before = (answer.medians.get((name, "all", "")) for name in ("now", "before"))
    period, before = choice.period, choice.before
    came, came_before = figures.claims(counts, period, []), figures.claims(past, before, [])
    done, done_before = figures.processed(counts, period, []), figures.processed(past, before, [])
    middle, middle_before = figures.median(took, counts, period, []), figures.median(took_before, past, before, [])
    rate, rate_before = figures.redirect_rate(counts, period, []), figures.redirect_rate(past, before, [])
    turned, turned_before = figures.conversion(counts, period, []), figures.conversion(past, before, [])
    return [
        replace(came, label=_("Claims"), change=changes.more_or_fewer(came, came_before)),
        replace(done, label=_("Processed"), change=changes.more_or_fewer(done, done_before)),
        _waiting(choice, answer, now),
        replace(middle, label=_("Median time to process"), change=changes.longer_or_shorter(middle, middle_before)),
        replace(rate, label=_("Redirect rate"), change=changes.points(rate, rate_before)),
        replace(turned, label=_("Visits to claims"), change=changes.points(turned, turned_before)),
    ]


def _waiting(choice: Choice, answer: Answer, now: datetime) -> Figure:
    found = figures.waiting(answer.totals.get((EVER, "all", ""), {}), [])
    more = answer.totals.get(("since", "all", ""), {}).get("waiting", 0)
    oldest = answer.oldest
    age = _("oldest %(age)s") % {"age": locale.duration(now - oldest)} if oldest else ""
    change = changes.since(found.count, found.count - more, choice.start)
    return replace(found, label=_("Waiting"), note=age, change=change)
