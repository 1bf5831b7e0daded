"""Days that are named by where they lie from today, in every zone and on the days when clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from tests.ui.gallery.listing import RowFilter
from tests.ui.gallery.models import Row
from tests.ui.gallery.rows import make_rows
from ui.filters import Period, days
from ui.filters.period import PRESETS


def bound(query: str, today: date | None = None) -> RowFilter:
    found = RowFilter(QueryDict(query), queryset=Row.objects.none())
    found.today = today
    return found


@pytest.mark.parametrize(
    ("word", "today", "expected"),
    [
        ("today", "2028-02-29", "2028-02-29"),
        ("yesterday", "2028-03-01", "2028-02-29"),
        ("yesterday", "2027-03-01", "2027-02-28"),
        ("7_days_ago", "2026-11-22", "2026-11-15"),
        ("7_days_ago", "2027-01-03", "2026-12-27"),
        ("1_days_ago", "2026-11-22", "2026-11-21"),
        ("365_days_ago", "2028-12-31", "2028-01-01"),
        ("month_start", "2026-11-01", "2026-11-01"),
        ("month_start", "2026-11-30", "2026-11-01"),
        ("month_end", "2028-02-01", "2028-02-29"),
        ("month_end", "2026-12-31", "2026-12-31"),
        ("last_month_start", "2026-03-31", "2026-02-01"),
        ("last_month_start", "2027-01-01", "2026-12-01"),
        ("last_month_end", "2026-03-31", "2026-02-28"),
        ("last_month_end", "2028-03-01", "2028-02-29"),
        ("year_start", "2026-12-31", "2026-01-01"),
    ],
)
def test_count_from_the_day(word: str, today: str, expected: str) -> None:
    assert str(days.resolve(word, date.fromisoformat(today))) == expected


@pytest.mark.parametrize(
    "word",
    [
        "",
        "tomorrow",
        "Today",
        "0_days_ago",
        "07_days_ago",
        "1000_days_ago",
        "_days_ago",
        "7 days ago",
        "\u0667_days_ago",
    ],
)
def test_know_no_other_words(word: str) -> None:
    assert days.resolve(word, date(2026, 11, 22)) is None
    if word:
        assert [one.param for one in bound(f"submitted_from={word}").problems()] == ["submitted_from"]


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        # The same instant is another day elsewhere.
        ("UTC", "2026-11-22 10:30", "2026-11-22"),
        ("Pacific/Kiritimati", "2026-11-22 10:30", "2026-11-23"),
        ("Pacific/Pago_Pago", "2026-11-22 10:30", "2026-11-21"),
        ("Asia/Kolkata", "2026-12-31 18:30", "2027-01-01"),
        # Around a midnight after which the clock is put on, and put back.
        ("Europe/Berlin", "2026-03-28 22:59", "2026-03-28"),
        ("Europe/Berlin", "2026-03-28 23:00", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29 21:59", "2026-03-29"),
        ("Europe/Berlin", "2026-03-29 22:00", "2026-03-30"),
        ("Europe/Berlin", "2026-10-24 22:00", "2026-10-25"),
        ("Europe/Berlin", "2026-10-25 22:59", "2026-10-25"),
        ("America/Los_Angeles", "2026-11-02 07:59", "2026-11-01"),
        ("America/Los_Angeles", "2026-11-02 08:00", "2026-11-02"),
        # Midnight itself is left out there.
        ("Africa/Cairo", "2026-04-23 21:59", "2026-04-23"),
        ("Africa/Cairo", "2026-04-23 22:00", "2026-04-24"),
    ],
)
def test_take_the_day_of_the_zone(zone: str, now: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat(now).replace(tzinfo=UTC))
    with timezone.override(ZoneInfo(zone)):
        assert str(bound("submitted_from=today").active()["submitted"].start) == expected


@pytest.mark.parametrize(
    ("zone", "today", "first", "behind"),
    [
        # Yesterday had 23 hours, and 25, and began at one o'clock.
        ("Europe/Berlin", "2026-03-30", "2026-03-28 23:00", "2026-03-29 22:00"),
        ("Europe/Berlin", "2026-10-26", "2026-10-24 22:00", "2026-10-25 23:00"),
        ("Africa/Cairo", "2026-04-25", "2026-04-23 22:00", "2026-04-24 21:00"),
        ("Asia/Kolkata", "2026-01-01", "2025-12-30 18:30", "2025-12-31 18:30"),
    ],
)
def test_be_as_long_as_the_day_is(zone: str, today: str, first: str, behind: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        period = bound("submitted_from=yesterday&submitted_to=yesterday", date.fromisoformat(today)).active()[
            "submitted"
        ]
        found = [one.astimezone(UTC).strftime("%Y-%m-%d %H:%M") for one in period.instants()]
    assert found == [first, behind]


@pytest.mark.django_db
@pytest.mark.usefixtures("gallery_tables")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("bought_from=7_days_ago&bought_to=yesterday", [15, 21]),
        ("bought_from=7_days_ago", [15, 21, 22]),
        ("bought_to=8_days_ago", [14]),
        ("bought_from=2026-11-20&bought_to=yesterday", [21]),
        # On the first of the month this period holds no day: nothing is found, and nothing is wrong.
        ("bought_from=month_end&bought_to=yesterday", []),
    ],
)
def test_narrow_the_rows(query: str, expected: list[int]) -> None:
    for row, day in zip(make_rows(4), (14, 15, 21, 22), strict=True):
        Row.objects.filter(pk=row.pk).update(bought_on=date(2026, 11, day))
    found = RowFilter(QueryDict(query), queryset=Row.objects.order_by("bought_on"))
    found.today = date(2026, 11, 22)
    assert [one.day for one in found.qs.values_list("bought_on", flat=True)] == expected
    assert found.is_valid()


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("submitted_from=7_days_ago", "from 7 days ago"),
        ("submitted_to=1_days_ago", "until 1 day ago"),
        ("submitted_from=40_days_ago&submitted_to=yesterday", "from 40 days ago until yesterday"),
        ("submitted_from=2026-11-01&submitted_to=yesterday", "from 1 Nov 2026 until yesterday"),
        ("submitted_from=month_start&submitted_to=month_start", "start of this month"),
        *[(f"submitted_from={first}&submitted_to={last}", str(label)) for label, first, last in PRESETS],
        # The same days, but fixed ones: tomorrow they are not the last seven any more.
        ("submitted_from=2026-11-16&submitted_to=2026-11-22", "16\u201322 Nov 2026"),
    ],
)
def test_say_them_in_the_chip(query: str, text: str) -> None:
    chip = bound(f"{query}&status=new", date(2026, 11, 22)).chips()[-1]
    assert (chip.text.replace("\u2009", ""), chip.remove_url) == (text, "?status=new")


def test_keep_the_word_where_the_filters_are_kept() -> None:
    filterset = bound("submitted_from=7_days_ago&submitted_to=yesterday&page_size=50", date(2026, 11, 22))
    assert filterset.query_string() == "submitted_from=7_days_ago&submitted_to=yesterday"
    assert filterset.active() == {"submitted": Period(date(2026, 11, 15), date(2026, 11, 21))}


def test_offer_a_field_or_the_words_for_each_day() -> None:
    filterset = bound("submitted_from=40_days_ago", date(2026, 11, 22))
    pill = filterset.filters["submitted"].draw(filterset.active()["submitted"], filterset.data)
    first, last = pill.extra["bounds"]
    assert (first.word, last.word, last.day) == ("40_days_ago", "", None)
    assert '<option value="40_days_ago" selected>40 days ago</option>' in first.options
    assert ("selected" in last.options, 'value="last_month_end"' in last.options) == (False, True)
    assert pill.extra["means"] == "from 13 Oct 2026"
    assert [option.checked for option in pill.options] == [False] * len(PRESETS)


def test_prefer_the_word_that_was_chosen_beside_a_fixed_day() -> None:
    filterset = bound("submitted_from=2026-11-01&submitted_from=yesterday", date(2026, 11, 22))
    period = filterset.active()["submitted"]
    assert (period.words, period.start) == (("yesterday", ""), date(2026, 11, 21))
    assert filterset.query_string() == "submitted_from=yesterday"


def test_speak_the_reader_s_language() -> None:
    with translation.override("en"):
        assert days.options().startswith('<option value="">or a relative day …</option><option value="today">Today<')
