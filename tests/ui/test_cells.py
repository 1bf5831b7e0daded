"""Cells are safe HTML whatever they are given."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from ui import cells, locale
from ui.charts import Bar, Series, bar_chart, funnel_chart, line_chart, nice_scale
from ui.icons import icon
from ui.tables import Column, Table

EVIL = "<script>alert('\"x')</script>"


@pytest.mark.parametrize(
    "draw",
    [
        cells.text,
        cells.long_text,
        lambda evil: cells.long_text(evil * 9),
        cells.code,
        lambda evil: cells.badge(evil, evil),
        lambda evil: cells.two_lines(evil, evil),
        lambda evil: cells.person(evil, evil, evil),
        lambda evil: cells.link(evil, evil),
        lambda evil: cells.action(evil, evil, "x"),
        lambda evil: cells.copy_button(evil, evil),
        cells.automatic,
        lambda evil: bar_chart([Bar(evil, 1, evil)], title=evil),
        lambda evil: funnel_chart([Bar(evil, 1), Bar(evil, 1)], title=evil),
        lambda evil: line_chart([evil, evil], [Series(evil, [1, 2])], title=evil),
    ],
)
def test_escapes_what_it_is_given(draw: Callable[[Any], str]) -> None:
    drawn = draw(EVIL)
    assert "<script" not in drawn
    assert "'\"x" not in drawn
    assert "alert(" in drawn


def test_keeps_what_is_safe_already() -> None:
    assert cells.two_lines(format_html("<b>{}</b>", "&"), "<") == (
        '<span class="two"><span><b>&amp;</b></span><span class="sub">&lt;</span></span>'
    )


def test_reads_lazy_text() -> None:
    assert "Yes" in cells.badge(gettext_lazy("Yes"))


@pytest.mark.parametrize("value", [None, ""])
def test_draws_a_dash_for_nothing(value: Any) -> None:
    assert "—" in cells.automatic(value)
    assert "—" in cells.code(value)


def test_writes_times_in_the_active_zone() -> None:
    moment = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        assert "21 Nov 2026" in cells.when(moment)
        assert "08:30" in cells.when(moment)
        assert locale.moment_with_zone(moment) == "21 Nov 2026, 08:30 (Asia/Tokyo)"
    with timezone.override("America/New_York"):
        assert "20 Nov 2026" in cells.when(moment)


@pytest.mark.parametrize(
    ("name", "day", "number", "money"),
    [
        ("", "21 Nov 2026", "1,240.5", "€18.00"),
        ("en_US", "Nov 21, 2026", "1,240.5", "€18.00"),
        ("de", "21.11.2026", "1.240,5", "18,00 €"),
        ("fr_FR", "21 nov. 2026", "1 240,5", "18,00 €"),
        ("pl", "21 lis 2026", "1 240,5", "18,00 zł"),
        ("xx_nowhere", "21 Nov 2026", "1,240.5", "€18.00"),
    ],
)
def test_follows_the_merchants_locale(name: str, day: str, number: str, money: str) -> None:
    locale.activate(name)
    try:
        currency = "PLN" if name == "pl" else "EUR"
        found = [locale.day(date(2026, 11, 21)), locale.number(1240.5), locale.money(18, currency)]
    finally:
        locale.deactivate()
    assert [text.replace("\xa0", " ").replace("\u202f", " ") for text in found] == [day, number, money]


def test_gives_each_currency_its_own_decimals() -> None:
    assert locale.money(500, "JPY") == "JP¥500"


def test_draws_an_icon_once_and_hides_it_from_readers() -> None:
    assert icon("gift") is icon("gift")
    assert 'aria-hidden="true"' in icon("gift", 20)
    assert "stroke-width" not in icon("gift")


@pytest.mark.parametrize("highest", [0, 0.3, 1, 3, 4, 7, 99, 100, 101, 12345])
def test_scales_an_axis_to_round_steps_above_the_highest(highest: float) -> None:
    ticks = nice_scale(highest)
    assert ticks[0] == 0
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= 6


def test_draws_charts_without_style_or_script() -> None:
    drawn = line_chart([date(2026, 11, 1), date(2026, 11, 2)], [Series("A", [1, 2]), Series("B", [0, 0])], title="T")
    assert "style=" not in drawn
    assert "Show as table" in drawn
    assert line_chart([date(2026, 11, 1)], [Series("A", [0])], title="T")
    assert "No figures" in line_chart([], [], title="T")
    assert "No figures" in bar_chart([], title="T")


class Small(Table):
    """A table over dicts."""

    name = Column("Name")
    note = Column("Note", phone="none")
    amount = Column("Amount", numeric=True)
    extra = Column("Extra")

    def render_note(self, value: str) -> str:
        """Plain text, which the table escapes."""
        return f"{value}!"

    def render_extra(self, record: dict, table: Table) -> SafeString:
        """Safe HTML, which the table keeps."""
        return format_html("<i>{}</i>", record["name"])


def test_draws_rows_escaped_with_a_header_cell_first() -> None:
    body = Small([{"id": 1, "name": EVIL, "note": "<", "amount": 1234}]).body()
    assert body.startswith('<tr><th scope="row" class="c-lead">&lt;script')
    assert '<td class="p-none">&lt;!</td>' in body
    assert '<td class="num" data-label="Amount">1,234</td>' in body
    assert "<i>&lt;script" in body


def test_draws_a_dash_instead_of_calling_for_an_empty_value() -> None:
    assert "—" in Small([{"id": 1, "name": "x", "note": None, "amount": 0}]).body()


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((), ["name", "note", "amount", "extra"]),
        (["extra", "name"], ["extra", "name"]),
        (["amount", "note"], ["name", "amount", "note"]),
        (["gone", "\x00", "note", "note"], ["name", "note"]),
        (["gone"], ["name", "note", "amount", "extra"]),
    ],
)
def test_shows_known_columns_in_the_order_asked_for_and_always_the_header(asked: list[str], shown: list[str]) -> None:
    assert [head.name for head in Small([], columns=asked).heads()] == shown


def test_offers_hidden_columns_where_they_would_stand() -> None:
    choices = Small([], columns=["extra", "name", "amount"]).choices()
    assert [(one.name, one.hidden) for one in choices] == [
        ("extra", False),
        ("name", False),
        ("note", True),
        ("amount", False),
    ]
    assert [one.name for one in choices if one.fixed] == ["name"]
    assert [(one.first, one.last) for one in choices] == [(True, False), (False, False), (False, False), (False, True)]


def test_makes_another_column_the_header_where_the_table_says_so() -> None:
    class Other(Small):
        row_header = "amount"

    body = Other([{"id": 1, "name": "x", "note": "", "amount": 7}]).body()
    assert '<th scope="row" class="c-lead num">7</th>' in body
    assert "<td>x</td>" in body or 'data-label="Name">x' in body


def test_marks_the_row_that_was_left() -> None:
    rows = [{"id": number, "name": "x", "note": "", "amount": 1} for number in (1, 2)]
    assert Small(rows, here="2").body().count("<tr data-focus tabindex=-1>") == 1
    assert "data-focus" not in Small(rows, here='3"').body()


def test_offers_a_box_for_each_row_where_rows_can_be_selected() -> None:
    body = Small([{"id": '7"', "name": "x", "note": "", "amount": 1}], selectable=True).body()
    assert 'value="7&quot;" form="bulk" data-row' in body
