"""Days in the merchant's zone, both inclusive, as half-open ranges."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from tests.ui.gallery.listing import RowFilter
from tests.ui.gallery.models import Row
from tests.ui.gallery.rows import make_rows
from ui.filters import Period
from ui.filters.period import presets


@pytest.mark.parametrize(
    ("zone", "day", "start", "hours"),
    [
        ("UTC", date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC), 24),
        ("Europe/Berlin", date(2026, 11, 21), datetime(2026, 11, 20, 23, tzinfo=UTC), 24),
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC), 23),
        ("Europe/Berlin", date(2026, 10, 25), datetime(2026, 10, 24, 22, tzinfo=UTC), 25),
        ("America/Los_Angeles", date(2026, 3, 8), datetime(2026, 3, 8, 8, tzinfo=UTC), 23),
        ("Asia/Kolkata", date(2026, 1, 1), datetime(2025, 12, 31, 18, 30, tzinfo=UTC), 24),
        ("Pacific/Kiritimati", date(2026, 1, 1), datetime(2025, 12, 31, 10, tzinfo=UTC), 24),
        # The clock skips midnight there: the day begins at one o'clock.
        ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC), 23),
        ("Australia/Lord_Howe", date(2026, 4, 5), datetime(2026, 4, 4, 13, tzinfo=UTC), 24.5),
        ("UTC", date(2028, 2, 29), datetime(2028, 2, 29, tzinfo=UTC), 24),
    ],
)
def test_measures_a_day_from_midnight_to_midnight(zone: str, day: date, start: datetime, hours: float) -> None:
    with timezone.override(ZoneInfo(zone)):
        first, behind = Period(day, day).instants()
    assert first is not None
    assert behind is not None
    assert first.astimezone(UTC) == start
    assert behind.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=hours)


@pytest.mark.django_db
@pytest.mark.usefixtures("gallery_tables")
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles", "Pacific/Kiritimati", "UTC"])
def test_takes_the_first_instant_and_leaves_the_one_behind_the_last(zone: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        first, behind = Period(date(2026, 3, 29), date(2026, 3, 29)).instants()
        assert first is not None
        assert behind is not None
        moments = [first - timedelta(microseconds=1), first, behind - timedelta(microseconds=1), behind]
        for row, moment in zip(make_rows(4), moments, strict=True):
            Row.objects.filter(pk=row.pk).update(submitted_at=moment)

        data = QueryDict("submitted_from=2026-03-29&submitted_to=2026-03-29")
        found = list(RowFilter(data, queryset=Row.objects.order_by("pk")).qs.values_list("submitted_at", flat=True))

    assert found == moments[1:3]


@pytest.mark.django_db
@pytest.mark.usefixtures("gallery_tables")
@pytest.mark.parametrize(("query", "expected"), [("bought_from=2026-10-02", 2), ("bought_to=2026-10-02", 2), ("", 3)])
def test_compares_a_date_column_by_days(query: str, expected: int) -> None:
    for row, day in zip(make_rows(3), (1, 2, 3), strict=True):
        Row.objects.filter(pk=row.pk).update(bought_on=date(2026, 10, day))
    assert RowFilter(QueryDict(query), queryset=Row.objects.all()).qs.count() == expected


@pytest.mark.parametrize(
    "value",
    [
        "junk",
        "2026-13-01",
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "1969-01-01",
        "2026-1-1",
        "\x00",
        "99999999999",
        "2026-11-21x",
        "2026-W47-6",
    ],
)
def test_leaves_out_and_reports_what_is_no_day(value: str) -> None:
    data = QueryDict(mutable=True)
    data["submitted_from"] = value
    data["submitted_to"] = "2026-11-30"
    filterset = RowFilter(data, queryset=Row.objects.none())
    assert filterset.active() == {"submitted": Period(None, date(2026, 11, 30))}
    assert [problem.param for problem in filterset.problems()] == ["submitted_from"]


def test_leaves_out_a_period_that_ends_before_it_begins() -> None:
    data = QueryDict("submitted_from=2026-11-30&submitted_to=2026-11-01")
    filterset = RowFilter(data, queryset=Row.objects.none())
    assert filterset.active() == {}
    assert "ends before" in filterset.problems()[0].text


@pytest.mark.parametrize(
    ("today", "name", "expected"),
    [
        (date(2026, 3, 31), "Last month", Period(date(2026, 2, 1), date(2026, 2, 28))),
        (date(2028, 2, 29), "This month", Period(date(2028, 2, 1), date(2028, 2, 29))),
        (date(2026, 1, 1), "Yesterday", Period(date(2025, 12, 31), date(2025, 12, 31))),
        (date(2026, 1, 1), "Last month", Period(date(2025, 12, 1), date(2025, 12, 31))),
        (date(2026, 11, 21), "Last 7 days", Period(date(2026, 11, 15), date(2026, 11, 21))),
    ],
)
def test_knows_the_usual_periods(today: date, name: str, expected: Period) -> None:
    assert dict(presets(today))[name] == expected


def test_names_a_preset_in_its_chip() -> None:
    data = QueryDict("submitted_from=6_days_ago&submitted_to=today&status=new")
    chip = RowFilter(data, queryset=Row.objects.none()).chips()[-1]
    assert (chip.label, chip.text, chip.remove_url) == ("Submitted", "Last 7 days", "?status=new")


def test_writes_an_open_period_in_words() -> None:
    assert str(Period(date(2026, 11, 1), None)) == "from 1 Nov 2026"
    assert str(Period(None, date(2026, 11, 1))) == "until 1 Nov 2026"
    shared = str(Period(date(2026, 10, 23), date(2026, 11, 21)))
    assert shared.startswith("23 Oct")
    assert shared.endswith("21 Nov 2026")
