"""The rows of a file are those of the list, in the list's order."""

import csv
import io
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import timezone

from exports.catalogue import dataset, datasets
from exports.datasets.fields import Moment
from exports.errors import NotUnderstood
from exports.formats.columns import Dialect
from exports.formats.kinds import Format
from exports.rows import Question, count, listed, question, sort_of
from exports.writing import write
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center import factories as claims
from tests.exports.world import QUERIES, fill
from tests.offers import factories as offers
from ui.keyset import Sort, paginate

ZONE = ZoneInfo("Europe/Berlin")
SYSTEMS = Dialect(harmless=False)


def ask(name: str, query: str = "", sort: str = "", keys: list[str] | None = None) -> Question:
    return question(name=name, keys=keys or dataset(name).keys, query=query, sort=sort)


def moment() -> Moment:
    return Moment(timezone.now(), ZONE)


def text_of(asked: Question, dialect: Dialect = SYSTEMS) -> str:
    target = io.BytesIO()
    write(
        asked,
        format=Format.CSV,
        dialect=dialect,
        moment=moment(),
        target=target,
        progress=lambda _done: None,
    )
    return target.getvalue().decode()


def in_file(asked: Question) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(asked))))


def on_pages(name: str, query: str, sort: Sort) -> list[str]:
    """The ids that the list shows, page after page."""
    page: Any = dataset(name).page
    rows = page.filterset_class(QueryDict(query), queryset=page().get_queryset()).qs
    found: list[str] = []
    after = ""
    while True:
        one = paginate(rows, sort=sort, size=5, after=after)
        found += [str(row.pk) for row in one.rows]
        if not one.has_next:
            return found
        after = one.next_token


@pytest.mark.parametrize("name", QUERIES)
def test_hold_the_rows_of_the_list(scope: Merchant, name: str) -> None:
    sizes = []
    with timezone.override(ZONE):
        fill()
        for one in QUERIES[name]:
            query = one() if callable(one) else one
            sort = sort_of(dataset(name), dataset(name).page.default_sort)
            assert sort is not None
            rows = [row["id"] for row in in_file(ask(name, query))]
            assert rows == on_pages(name, query, sort), query
            sizes.append(len(rows))
        # And in every order of the list, both ways.
        for known in dataset(name).page.sorts:
            for sign in ("", "-"):
                sort = sort_of(dataset(name), f"{sign}{known}")
                assert sort is not None
                rows = [row["id"] for row in in_file(ask(name, sort=f"{sign}{known}", keys=["id"]))]
                assert rows == on_pages(name, "", sort), (sign, known)
    # The queries mean something: some find all, some a part.
    assert (len(QUERIES[name]), len(set(sizes)) > 2, max(sizes) > 2) == (10, True, True)


def test_offer_every_list_with_all_its_columns() -> None:
    for one in datasets().values():
        names = set(one.page.table_class.known()) - {"edit", "actions"}
        assert [name for name in names if name not in one.by_key and name not in one.shown] == []
        assert [key for keys in one.shown.values() for key in keys if key not in one.by_key] == []


def test_take_columns_in_the_order_asked_for(scope: Merchant) -> None:
    first = text_of(ask("offer_responses", keys=["status", "id", "offer_name"])).splitlines()[0]
    assert first == "status,id,offer_name"


def test_say_what_holds_now_and_not_the_label(scope: Merchant) -> None:
    fill()
    rows = in_file(ask("offer_responses", keys=["id", "offer_name", "status", "usage_period"]))
    found = {row["offer_name"]: (row["status"], row["usage_period"]) for row in rows}
    assert found["Ended"] == ("expired", "current")
    assert (found["Gone"][1], found["Later"][1]) == ("passed", "not_started")


def test_add_up_what_an_entry_moved(scope: Merchant) -> None:
    fill()
    rows = in_file(ask("ledger_entries", "event=reward.redeemed", keys=["id", "points", "vouchers"]))
    assert {(row["points"], row["vouchers"]) for row in rows} == {(str(-cost), "1") for cost in range(100, 104)}


def test_give_times_in_utc_to_systems_and_by_the_clock_to_people(scope: Merchant) -> None:
    claims.make_order("999-0000001-0000002", days=1, asin="")
    asked = ask("orders", "q=999-0000001-0000002", keys=["ordered_at"])
    assert text_of(asked).splitlines()[1] == "2026-11-19T12:00:00Z"
    people = text_of(asked, Dialect(zone="Europe/Berlin"))
    assert people.splitlines() == ["Ordered (Europe/Berlin)", "2026-11-19 13:00:00"]


def test_find_nothing_without_a_query(scope: Merchant) -> None:
    # Django knows beforehand that a state without members finds nothing.
    asked = ask("claims", "assignee=01980000-0000-7000-8000-000000000000")
    with pytest.raises(NotUnderstood):
        text_of(asked)
    assert len(text_of(ask("orders", "q=---")).splitlines()) == 1


def test_carry_every_sign_into_the_statement(scope: Merchant) -> None:
    name = "50% of 'everything' {0} \\ %s"
    offers.offer(name=name)
    rows = in_file(ask("offers", urlencode({"q": "50% 'everything' {0} %s"}), keys=["id", "name"]))
    assert [row["name"] for row in rows] == [name]


@pytest.mark.parametrize("query", ["status=unheard", "shoe_size=9", "submitted_from=some_day", "funnel=x"])
def test_refuse_filters_that_are_not_understood(scope: Merchant, query: str) -> None:
    with pytest.raises(NotUnderstood):
        text_of(ask("claims", query))


def test_refuse_columns_and_data_that_there_are_not() -> None:
    with pytest.raises(NotUnderstood):
        ask("claims", keys=["id", "shoe_size"])
    with pytest.raises(NotUnderstood):
        question(name="shoes", keys=["id"], query="", sort="")


def test_leave_a_stranger_s_rows_alone(scope: Merchant, other_merchant: Merchant) -> None:
    fill()
    with merchant_scope(other_merchant):
        for name in QUERIES:
            assert (name, in_file(ask(name))) == (name, [])


def test_name_the_whole_address_that_a_gift_goes_to(scope: Merchant) -> None:
    """What the customer typed into the funnel, part by part: a parcel needs its house number."""
    claim = claims.make_claim(claims.make_funnel(claims.make_promotion("item")))
    (row,) = in_file(ask("claims"))
    assert {name: row[f"ship_to_{name}"] for name in claim.ship_to} == claim.ship_to


def test_count_exactly(scope: Merchant) -> None:
    for _number in range(3):
        offers.give()
    asked = ask("offer_responses", "status=pending")
    assert count(listed(asked, Moment(datetime.now(UTC), ZONE))) == len(in_file(asked)) == 3
