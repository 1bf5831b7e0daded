"""The list of responses: columns, legend, filters, sorts, and the same table on the offer's and the member's page."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from offers.models import OfferResponse
from offers.states import OfferType, Source, Status, UsageState
from offers.views.responses import ResponseList
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2025, 10, 18, 12, tzinfo=UTC)
LABELS = [
    "Offer",
    "Type",
    "Member",
    "Certificate code",
    "Usage period",
    "Processing status",
    "Issued",
    "Expires",
    "Completed",
    "Source",
]


def page(client: Client, merchant: Merchant, query: str = "", path: str = "offer-responses/") -> str:
    answer = client.get(f"/m/{merchant.slug}/{path}{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def body(html: str) -> str:
    return html.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]


def test_columns_have_their_labels_in_their_order(admin: Client, merchant: Merchant) -> None:
    head = page(admin, merchant).split("<thead>")[1].split("</thead>")[0]

    places = [head.find(f">{label}<") for label in LABELS]

    assert -1 not in places
    assert places == sorted(places)


def test_row_shows_a_response_in_words_and_icons(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = make.give(make.offer(pool=make.pool(1), usage_kind="after_response", usage_days=3))

    shown = body(page(admin, merchant))

    for words in ("Ten off", "Percent off", "Mara Lind", "Pending", "2 days left", "Claimed by the member"):
        assert words in shown, words
    assert row.code_value not in shown
    assert row.code_value[-4:] in shown
    assert "usage-current" in shown


@pytest.mark.parametrize(
    ("prepare", "state", "words"),
    [
        (make.offer, "current", "Always"),
        (make.passed, "passed", "Passed: </span>ended"),
        (make.not_started, "not_started", "from"),
        (lambda: make.offer(usage_kind="after_response", usage_days=90), "current", "until"),
    ],
)
def test_usage_period_has_an_icon_and_a_word(
    admin: Client, merchant: Merchant, prepare: Callable[[], Any], state: str, words: str
) -> None:
    with merchant_scope(merchant):
        make.give(prepare())

    shown = body(page(admin, merchant))

    assert f"usage-{state}" in shown
    assert words in shown


def test_legend_explains_every_icon(admin: Client, merchant: Merchant) -> None:
    shown = page(admin, merchant).split('class="legend"')[1].split("</ul>")[0]

    for label in [*UsageState.labels, *Status.labels]:
        assert f">{label}<" in shown, label
    assert "Used in a purchase; closed." in shown


@pytest.fixture
def rows(merchant: Merchant) -> dict[str, OfferResponse]:
    """One response of each kind that the filters tell apart."""
    with merchant_scope(merchant):
        found = {
            "pending": make.give(
                make.offer(name="Plain", days_valid=9), make.member(first_name="Zoe", card_number="77")
            ),
            "clipped": make.standing(Status.CLIPPED, make.offer(name="Clip me", offer_type=OfferType.FREE_ITEM)),
            "done": make.standing(Status.COMPLETED, make.offer(name="Done"), source=Source.STAFF, actor=make.STAFF),
            "late": make.ended(make.give(make.offer(name="Late", days_valid=3))),
            "passed": make.give(make.passed(name="Over")),
            "later": make.give(make.not_started(name="Not yet")),
        }
        OfferResponse.objects.filter(id=found["done"].id).update(issued_at=LONG_AGO)
        return found


FILTERS = [
    ("status=pending", {"pending", "passed", "later"}),
    ("status=clipped&status=completed", {"clipped", "done"}),
    # Its label says Pending still; what holds is that its validity has ended.
    ("status=expired", {"late"}),
    ("offer_type=free_item", {"clipped"}),
    ("usage_period=current", {"pending", "clipped", "done", "late"}),
    ("usage_period=passed", {"passed"}),
    ("usage_period=not_started", {"later"}),
    ("usage_period=passed&usage_period=not_started", {"passed", "later"}),
    ("source=staff", {"done"}),
    ("source=trigger", set()),
    ("issued_to=2026-01-01", {"done"}),
    ("expires_from=2020-01-01", {"pending", "late", "passed", "later"}),
    ("completed_from=2020-01-01", {"done"}),
    ("completed_from=2020-01-01&completed_to=2020-02-01", set()),
    ("q=Plain", {"pending"}),
    ("q=zoe", {"pending"}),
    ("q=77", {"pending"}),
    ("q=nobody", set()),
    ("status=nonsense&member=nobody&sort=x&page_size=y&after=z", None),
    (f"member={uuid.UUID(int=3)}", set()),
]


@pytest.mark.parametrize(("query", "names"), FILTERS)
def test_filters_narrow_the_list(
    admin: Client, merchant: Merchant, rows: dict[str, OfferResponse], query: str, names: set[str] | None
) -> None:
    shown = body(page(admin, merchant, f"?{query}"))

    assert {name for name, row in rows.items() if str(row.id) in shown} == (set(rows) if names is None else names)


def test_filters_by_offer_and_by_member(admin: Client, merchant: Merchant, rows: dict[str, OfferResponse]) -> None:
    row = rows["pending"]

    for query in (f"offer={row.offer_id}", f"member={row.customer_id}", f"member={row.member_email.upper()}"):
        shown = page(admin, merchant, f"?{query}")
        assert {name for name, one in rows.items() if str(one.id) in body(shown)} == {"pending"}, query
    assert "Zoe Lind" in page(admin, merchant, f"?member={row.customer_id}")


@pytest.mark.parametrize("name", sorted(ResponseList.sorts))
def test_every_column_sorts_both_ways(
    admin: Client, merchant: Merchant, rows: dict[str, OfferResponse], name: str
) -> None:
    up, down = (body(page(admin, merchant, f"?sort={way}{name}")) for way in ("", "-"))

    def order(text: str) -> list[str]:
        return sorted(rows, key=lambda one: text.find(str(rows[one].id)))

    assert order(up) == order(down)[::-1]
    assert set(ResponseList.sorts) == set(ResponseList.table_class.base_columns)


@pytest.mark.parametrize("number", [1, 3])
def test_list_makes_the_same_queries_for_any_number_of_rows(admin: Client, merchant: Merchant, number: int) -> None:
    with merchant_scope(merchant):
        what, who = make.offer(), make.member()
        for _ in range(number):
            make.give(what, who)

    assert len(queries_of(admin, f"/m/{merchant.slug}/offer-responses/")) == 8
    assert len(queries_of(admin, f"/m/{merchant.slug}/offers/{what.id}/?tab=responses")) == 9
    assert len(queries_of(admin, f"/m/{merchant.slug}/offers/")) == 9
    assert len(queries_of(admin, f"/m/{merchant.slug}/customers/{who.id}/?tab=offers")) <= 14


def test_same_table_on_the_offers_and_the_members_page(
    admin: Client, merchant: Merchant, rows: dict[str, OfferResponse]
) -> None:
    row = rows["clipped"]

    tab = page(admin, merchant, "?tab=responses", f"offers/{row.offer_id}/")
    own = page(admin, merchant, "?tab=offers", f"customers/{row.customer_id}/")

    for shown in (tab, own):
        assert {name for name, one in rows.items() if str(one.id) in body(shown)} == {"clipped"}
        assert all(f">{label}<" in shown for label in LABELS)
    # A filter of the tab stays on the tab.
    assert "Nothing matches" in page(admin, merchant, "?status=completed", f"offers/{row.offer_id}/")


def test_empty_list_says_what_to_do(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign = make.give()

    assert "No responses yet" in page(admin, merchant)
    assert admin.get(f"/m/{merchant.slug}/offer-responses/{foreign.id}/").status_code == 404
    assert admin.get(f"/m/{merchant.slug}/offers/{foreign.offer_id}/").status_code == 404
    assert admin.get(f"/m/{merchant.slug}/offers/{foreign.offer_id}/?tab=responses").status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_and_who_may_change(staff: Any, merchant: Merchant, role: Role) -> None:
    with merchant_scope(merchant):
        row = make.give(make.offer(needs_clip=True))
    client = staff(role)

    shown = page(client, merchant, path=f"offer-responses/{row.id}/")
    answer = client.post(f"/m/{merchant.slug}/offer-responses/{row.id}/clip/")

    assert ("Cancel response" in shown) == (role >= Role.ADMIN)
    assert answer.status_code == (302 if role >= Role.ADMIN else 403)
    assert client.get(f"/m/{merchant.slug}/offers/new/").status_code == (200 if role >= Role.ADMIN else 403)
