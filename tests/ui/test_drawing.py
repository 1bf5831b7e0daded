"""What a list draws by joining strings: as safe as a template, and the same for nobody else's language or merchant."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.http import QueryDict
from django.template import Context, Template
from django.test import override_settings
from django.urls import reverse, set_script_prefix
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.gallery.listing import RowFilter
from tests.ui.gallery.models import Row
from tests.ui.test_cells import EVIL
from ui import cells
from ui.addresses import address, row_address
from ui.chooser import ColumnChoice, chooser
from ui.counting import CappedCount
from ui.filters import Option, Pill
from ui.filters.pills import boxes, one_of, two_days
from ui.icons import icon
from ui.nav import NavItem
from ui.querystring import PAGING, changed
from ui.tables import Head
from ui.tabs import DrawnTab, Tab, TabRow

LINES = [Option(EVIL, EVIL, checked=True, url=EVIL), *[Option(EVIL, EVIL)] * 12]
BOUND = SimpleNamespace(param="a", label=EVIL, day=None, word="", options="")
DAYS = {"bounds": [BOUND], "means": EVIL, "zone": EVIL}


def pill(popover: Callable[[Pill], str]) -> Pill:
    return Pill("a", EVIL, popover, active=True, texts=[EVIL] * 3, options=LINES, remove_url=EVIL, extra=DAYS)


@pytest.mark.parametrize("popover", [boxes, one_of, two_days])
def test_escapes_what_a_filter_shows(popover: Callable[[Pill], str]) -> None:
    for drawn in (pill(popover).box(), pill(popover).details()):
        assert "<script" not in drawn
        assert "&lt;script&gt;" in drawn
        assert "'\"x'" not in drawn


@pytest.mark.parametrize(
    "drawn",
    [
        chooser(
            [ColumnChoice("a", EVIL, hidden=False), ColumnChoice("b", EVIL, hidden=True, fixed=True)], remembered=True
        ),
        Head("a", EVIL, "", EVIL, "ascending").cell(),
        DrawnTab(EVIL, EVIL, active=True, count=CappedCount(3)).link(),
        NavItem(EVIL, EVIL, "gift", active=True, count=3).line(),
    ],
)
def test_escapes_what_stands_around_the_rows(drawn: str) -> None:
    assert "<script" not in drawn
    assert "&lt;script&gt;" in drawn
    assert "'\"x'" not in drawn


@pytest.fixture
def two_languages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every word with the language it is in."""
    cells._dash.cache_clear()
    for module in ("ui.cells", "ui.filters.pills"):
        monkeypatch.setattr(f"{module}._", lambda text: f"{text} ({translation.get_language()})")
    yield
    cells._dash.cache_clear()


@pytest.mark.usefixtures("two_languages")
def test_speaks_the_language_of_the_page() -> None:
    for language in ("en", "de", "en"):
        with translation.override(language):
            assert f"none ({language})" in cells.dash()
            assert f"Apply ({language})" in pill(boxes).box()


def test_names_the_zone_of_the_page() -> None:
    for zone in ("Europe/Berlin", "America/New_York", "Europe/Berlin"):
        with timezone.override(zone):
            drawn = (
                RowFilter(QueryDict(), queryset=Row.objects.all()).filters["submitted"].draw(None, QueryDict()).box()
            )
            assert f"Both days included, {zone}" in drawn


def test_draws_an_icon_of_a_template_once_and_words_each_time() -> None:
    page = Template('{% icon "gift" 14 %}{% icon name %}{% translate word %}')
    for name, word in (("x", "One"), ("check", "Two")):
        assert page.render(Context({"name": name, "word": word})) == f"{icon('gift', 14)}{icon(name)}{word}"


@override_settings(ROOT_URLCONF="config.urls")
def test_remembers_addresses_by_merchant_and_by_where_the_site_is_mounted() -> None:
    key = "01a202d4-5581-7a5d-afd4-897d35fc6264"
    try:
        for prefix in ("/", "/shop/", "/"):
            set_script_prefix(prefix)
            for slug in ("brew-bloom", "north-trail"):
                assert address("claims:list", slug) == reverse("claims:list", args=[slug])
                assert row_address("claims:claim", slug, key) == reverse("claims:claim", args=[slug, key])
    finally:
        set_script_prefix("/")


def test_keeps_the_filters_of_a_tab_as_they_were_declared() -> None:
    tab = Tab("New", "status=new&after=x")
    for params in ("sort=-name&view=1", "", "sort=name"):
        row = TabRow([tab, Tab("All")], QueryDict(params))
        sort = QueryDict(params).get("sort", "")
        expected = f"?status=new{f'&sort={sort}' if sort else ''}{'&view=all' if 'view' in params else ''}"
        assert row.url(tab) == expected
    assert tab.data.urlencode() == "status=new&after=x"
    with pytest.raises(AttributeError, match="immutable"):
        tab.data["status"] = "other"


WORDS = st.text(max_size=4)
NAMES = st.sampled_from(["status", "sort", "q", *PAGING])


@given(st.lists(st.tuples(NAMES, WORDS)), st.dictionaries(NAMES, WORDS | st.none() | st.integers() | st.lists(WORDS)))
def test_changes_an_address_as_its_parameters_would_be(start: list[tuple[str, str]], changes: dict[str, Any]) -> None:
    data = QueryDict(mutable=True)
    for name, value in start:
        data.appendlist(name, value)
    expected = data.copy()
    for name in PAGING:
        expected.pop(name, None)
    for name, value in changes.items():
        expected.setlist(name, [str(one) for one in (value if isinstance(value, list) else [value])])
        if value is None:
            del expected[name]
    before = data.urlencode()
    kept = {name: [one for one in values if one] for name, values in expected.lists()}
    found = QueryDict(changed(data, changes).removeprefix("?"))
    assert dict(found.lists()) == {name: values for name, values in kept.items() if values}
    assert data.urlencode() == before
