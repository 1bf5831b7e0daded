"""Charts drawn by the server as SVG: classes and presentation attributes only, no script, no inline style.

Every chart carries its numbers as a table ("Show as table"), which is also its form for screen readers; a second
series is dashed, so colour is never the only sign.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape as html_escape
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ui import locale

WIDTH, HEIGHT = 720, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 28
LABEL_WIDTH = 150
MOST_TICKS = 7


@dataclass(frozen=True)
class Series:
    """One line of a chart: its name and one value for each label.

    `urls` are the lists behind the values, one each, and `url` the one behind their sum; the figures lead to them.
    """

    name: str
    values: Sequence[float]
    urls: Sequence[str] = ()
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar: label, value, and where the figure leads to (the list behind it)."""

    label: str
    value: float
    url: str = ""


def nice_scale(highest: float, steps: int = 4) -> list[float]:
    """Return round tick values from 0 to at least `highest`."""
    if highest <= 0:
        return [0, 1]
    magnitude = 10 ** math.floor(math.log10(highest / steps))
    step = next(s * magnitude for s in (1, 2, 2.5, 5, 10) if s * magnitude >= highest / steps)
    if highest <= steps:
        step = max(1, math.ceil(step))
    return [i * step for i in range(math.ceil(highest / step) + 1)]


class _Frame:
    """Turns positions in the series into coordinates."""

    def __init__(self, count: int, top: float, *, spark: bool) -> None:
        self.left, self.right, self.top, self.bottom = (2, 2, 3, 3) if spark else (LEFT, RIGHT, TOP, BOTTOM)
        self.width, self.height = (120, 32) if spark else (WIDTH, HEIGHT)
        self.inner = self.width - self.left - self.right
        self.base = self.height - self.bottom
        self.count, self.peak = count, top or 1

    def x(self, index: int) -> float:
        """The horizontal place of a label."""
        return round(self.left + self.inner * (index / (self.count - 1) if self.count > 1 else 0.5), 1)

    def y(self, value: float) -> float:
        """The vertical place of a value."""
        return round(self.top + (self.base - self.top) * (1 - value / self.peak), 1)


def line_chart(labels: Sequence[date | str], series: Sequence[Series], *, title: str, heading: Any = "") -> SafeString:
    """Draw up to three lines over days (or words), the first one filled, with a label for each point on hover.

    `title` names the chart for screen readers and heads the table, `heading` the table's first column ("Day"). Days
    are written in the active locale.
    """
    words = [locale.short_day(label) if isinstance(label, date) else str(label) for label in labels]
    if not labels or not series:
        return SafeString(f'<p class="sub">{html_escape(_("No figures in this period."))}</p>')
    ticks = nice_scale(max(max(one.values) for one in series))
    frame = _Frame(len(words), ticks[-1], spark=False)
    parts = [_svg(frame, title), *_axes(frame, ticks, words)]
    for number, one in enumerate(series, start=1):
        parts.append(_line(frame, one.values, number))
    parts += [_column(frame, index, words[index], series) for index in range(len(words))]
    parts.append("</svg>")
    return SafeString(
        f'<figure class="chart">{"".join(parts)}{_legend(series)}{_table(words, series, title, heading)}</figure>'
    )


def spark_line(values: Sequence[float], *, title: str) -> SafeString:
    """Draw the shape of one series, small; the figure it belongs to stands beside it."""
    frame = _Frame(len(values), max(values, default=0), spark=True)
    body = _line(frame, values, 1) if values else ""
    return SafeString(f'<figure class="chart chart-spark">{_svg(frame, title, stretch=True)}{body}</svg></figure>')


def bar_chart(bars: Sequence[Bar], *, title: str) -> SafeString:
    """Draw horizontal bars, each with its label and figure; a table by nature."""
    if not bars:
        return SafeString(f'<p class="sub">{html_escape(_("No figures in this period."))}</p>')
    highest = max(bar.value for bar in bars) or 1
    rows = [_bar_row(bar, bar.value / highest, html_escape(locale.number(bar.value))) for bar in bars]
    return _bars(rows, title)


def funnel_chart(steps: Sequence[Bar], *, title: str) -> SafeString:
    """Draw the steps of a funnel; each figure is followed by its share of the step before."""
    if not steps:
        return SafeString(f'<p class="sub">{html_escape(_("No figures in this period."))}</p>')
    highest = max(step.value for step in steps) or 1
    rows = []
    for index, step in enumerate(steps):
        before = steps[index - 1].value if index else 0
        rate = f' <span class="rate">{html_escape(locale.percent(step.value / before))}</span>' if before else ""
        rows.append(_bar_row(step, step.value / highest, html_escape(locale.number(step.value)) + rate))
    return _bars(rows, title)


def _svg(frame: _Frame, title: str, *, stretch: bool = False) -> str:
    keep = ' preserveAspectRatio="none"' if stretch else ""
    box = f"0 0 {frame.width} {frame.height}"
    return f'<svg viewBox="{box}" role="img" aria-label="{html_escape(title)}"{keep}>'


def _axes(frame: _Frame, ticks: Sequence[float], words: Sequence[str]) -> list[str]:
    parts = []
    for tick in ticks:
        y = frame.y(tick)
        parts.append(
            f'<line class="chart-grid" x1="{frame.left}" x2="{frame.width - frame.right}" y1="{y}" y2="{y}"/>'
            f'<text class="chart-text" x="{frame.left - 8}" y="{y + 4}" text-anchor="end">'
            f"{html_escape(locale.number(tick))}</text>"
        )
    step = max(1, math.ceil(len(words) / MOST_TICKS))
    parts += [
        f'<text class="chart-text chart-day" x="{frame.x(index)}" y="{frame.base + 18}" text-anchor="middle">'
        f"{html_escape(words[index])}</text>"
        for index in range(0, len(words), step)
    ]
    return parts


def _line(frame: _Frame, values: Sequence[float], number: int) -> str:
    points = [f"{frame.x(i)},{frame.y(v)}" for i, v in enumerate(values)]
    path = "M" + " L".join(points)
    area = ""
    if number == 1:
        ends = f" L{frame.x(len(values) - 1)},{frame.base} L{frame.x(0)},{frame.base} Z"
        area = f'<path class="chart-area" d="{path}{ends}"/>'
    return f'{area}<path class="chart-line s{number}" d="{path}"/>'


def _column(frame: _Frame, index: int, word: str, series: Sequence[Series]) -> str:
    """One invisible column over a point: shows its figures while the pointer is on it."""
    x = frame.x(index)
    span = frame.inner / max(frame.count - 1, 1)
    dots = "".join(
        f'<circle class="s{n}" cx="{x}" cy="{frame.y(one.values[index])}" r="3.5"/>'
        for n, one in enumerate(series, start=1)
    )
    spoken = " · ".join([word, *(f"{one.name} {locale.number(one.values[index])}" for one in series)])
    return (
        f'<g class="chart-column"><title>{html_escape(spoken)}</title>'
        f'<rect class="hit" x="{round(x - span / 2, 1)}" y="{frame.top}" width="{round(span, 1)}"'
        f' height="{frame.base - frame.top}"/>'
        f'<line class="chart-cursor" x1="{x}" x2="{x}" y1="{frame.top}" y2="{frame.base}"/>{dots}'
        f"{_label(frame, x, index, word, series)}</g>"
    )


def _label(frame: _Frame, x: float, index: int, word: str, series: Sequence[Series]) -> str:
    left = min(max(x - LABEL_WIDTH / 2, frame.left), frame.width - frame.right - LABEL_WIDTH)
    lines = [f'<text x="{left + 10}" y="{frame.top + 17}">{html_escape(word)}</text>']
    for number, one in enumerate(series):
        y = frame.top + 33 + number * 15
        lines.append(
            f'<text x="{left + 10}" y="{y}">{html_escape(one.name)}</text>'
            f'<text x="{left + LABEL_WIDTH - 10}" y="{y}" text-anchor="end">'
            f"{html_escape(locale.number(one.values[index]))}</text>"
        )
    height = 26 + 15 * len(series)
    box = f'<rect x="{left}" y="{frame.top}" width="{LABEL_WIDTH}" height="{height}" rx="6"/>'
    return f'<g class="chart-label" aria-hidden="true">{box}{"".join(lines)}</g>'


def _legend(series: Sequence[Series]) -> str:
    items = [
        f'<span class="s{n}">{html_escape(one.name)} <b>{_figure(sum(one.values), one.url)}</b></span>'
        for n, one in enumerate(series, start=1)
    ]
    return f'<figcaption class="chart-legend">{"".join(items)}</figcaption>'


def _figure(value: float, url: str) -> str:
    """A number, as the way to its list where it has one."""
    text = html_escape(locale.number(value))
    return f'<a href="{html_escape(url)}" data-count="{value}">{text}</a>' if url else text


def _table(words: Sequence[str], series: Sequence[Series], title: str, heading: Any = "") -> str:
    names = "".join(f'<th scope="col" class="num">{html_escape(one.name)}</th>' for one in series)
    rows = "".join(
        f'<tr><th scope="row">{html_escape(word)}</th>'
        + "".join(f'<td class="num">{_figure(one.values[i], one.urls[i] if one.urls else "")}</td>' for one in series)
        + "</tr>"
        for i, word in enumerate(words)
    )
    return (
        f'<details class="chart-table"><summary>{html_escape(_("Show as table"))}</summary>'
        f'<div tabindex="0" role="region" aria-label="{html_escape(title)}"><table>'
        f'<thead><tr><th scope="col">{html_escape(heading or _("Day"))}</th>{names}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _bar_row(bar: Bar, share: float, figure: str) -> str:
    label: Any = html_escape(bar.label)
    if bar.url:
        label = f'<a href="{html_escape(bar.url)}">{label}</a>'
    width = round(100 * share, 2)
    return (
        f'<tr><th scope="row" title="{html_escape(bar.label)}">{label}</th>'
        '<td><svg width="100%" height="8" aria-hidden="true"><rect class="chart-track" width="100%" height="8" rx="4"/>'
        f'<rect class="chart-bar s1" width="{width}%" height="8" rx="4"/></svg></td>'
        f'<td class="num">{figure}</td></tr>'
    )


def _bars(rows: Sequence[str], title: str) -> SafeString:
    return SafeString(
        f'<figure class="chart"><table class="bars"><caption class="sr">{html_escape(title)}</caption>'
        f"<tbody>{''.join(rows)}</tbody></table></figure>"
    )
