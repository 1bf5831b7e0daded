"""The Claims Center's list."""

from datetime import timedelta

import pytest
from django.test import Client

from claims_center.models import Claim, Funnel
from claims_center.tallies import rebuild
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, path, sign_in
from tests.support.counting import queries_of

HEADERS = (
    "Submitted",
    "Customer",
    "E-mail",
    "Product",
    "Marketplace",
    "Order number",
    "Promotion",
    "Rating and feedback",
    "Did Redirect",
    "Verification",
    "Status",
    "Delivery status",
    "From the customer",
    "Signals",
    "Assigned to",
    "Edit",
)


def test_show_every_column(agent: Client, merchant: Merchant, claim: Claim) -> None:
    page = agent.get(path(merchant, "claims"))
    assert [head.label for head in page.context["heads"]] == list(HEADERS)
    for text in ("Inès Fournier", "ines.fournier@example.com", "Cold Brew Kit", "Amazon", "Match", "New", "Digital"):
        assert text in page.content.decode()


def test_show_a_dash_for_a_missing_order_number(agent: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        make_claim(funnel_with(order_number="none", slug="no-order"), order_number="")
    page = agent.get(path(merchant, "claims"))
    row = page.context["table"].body()
    assert 'data-label="Order number"><span class="sub" aria-hidden="true">—' in row


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_claim_as_for_three(
    agent: Client, merchant: Merchant, funnel: Funnel, count: int
) -> None:
    with merchant_scope(merchant):
        for number in range(count):
            make_claim(funnel, email=f"c{number}@example.com")
        rebuild(merchant_id=merchant.id)
    assert len(queries_of(agent, path(merchant, "claims"))) == 9


SORTS = [
    "submitted",
    "customer",
    "email",
    "product",
    "marketplace",
    "order_number",
    "promotion",
    "rating",
    "did_redirect",
    "verification",
    "status",
    "delivery",
    "assignee",
]


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
def test_sort_by_every_column(agent: Client, merchant: Merchant, funnel: Funnel, sort: str) -> None:
    with merchant_scope(merchant):
        for number in range(3):
            make_claim(funnel, email=f"c{number}@example.com", last_name=f"Name{number}", rating=number + 1)
    page = agent.get(path(merchant, "claims"), {"sort": sort})
    assert page.status_code == 200
    assert len(page.context["page"].rows) == 3
    assert page.context["problems"] == []


JUNK = {
    "status": "zzz",
    "verification": "match,new",
    "funnel": "no-uuid",
    "product": "0" * 400,
    "marketplace": "../etc",
    "promotion_type": "1' OR '1",
    "did_redirect": "maybe",
    "delivery": "💥",
    "assignee": "me; DROP",
    "repeat": "2",
    "submitted_from": "2026-13-45",
    "submitted_to": "yesterday",
    "processed_from": "99999-01-01",
    "processed_to": "0000-00-00",
    "sort": "password",
    "page_size": "-1",
    "after": "junk",
    "before": "junk",
}


@pytest.mark.parametrize("name", JUNK)
def test_take_junk_for_a_filter_error(agent: Client, merchant: Merchant, claim: Claim, name: str) -> None:
    page = agent.get(path(merchant, "claims"), {name: JUNK[name]})
    assert page.status_code == 200
    assert len(page.context["page"].rows) == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=new", 1),
        ("status=verified", 0),
        ("status=verified&status=new", 1),
        ("verification=match", 1),
        ("verification=no_such_order", 0),
        ("marketplace=amazon", 1),
        ("marketplace=etsy", 0),
        ("promotion_type=digital", 1),
        ("promotion_type=physical", 0),
        ("did_redirect=no", 1),
        ("did_redirect=yes", 0),
        ("delivery=not_sent", 1),
        ("delivery=bounced", 0),
        ("assignee=nobody", 1),
        ("repeat=no", 1),
        ("repeat=yes", 0),
        ("submitted_from=2026-11-20&submitted_to=2026-11-20", 1),
        ("submitted_to=2026-11-19", 0),
        ("processed_from=2026-11-01", 0),
        ("q=fournier", 1),
        ("q=INÈS", 1),
        ("q=ines.fournier@example.com", 1),
        ("q=112-7391030-0000001", 1),
        ("q=nobody", 0),
    ],
)
def test_narrow_by_a_filter(agent: Client, merchant: Merchant, claim: Claim, query: str, found: int) -> None:
    page = agent.get(f"{path(merchant, 'claims')}?{query}")
    assert (len(page.context["page"].rows), page.context["problems"]) == (found, [])


def test_narrow_by_rows_of_other_tables(agent: Client, merchant: Merchant, claim: Claim) -> None:
    for name, value in (("funnel", claim.funnel_id), ("product", claim.product_id)):
        assert len(agent.get(path(merchant, "claims"), {name: str(value)}).context["page"].rows) == 1
    page = agent.get(path(merchant, "claims"), {"assignee": agent.user.id})  # type: ignore[attr-defined]
    assert (page.context["page"].rows, page.context["problems"]) == ([], [])


def test_count_every_tab(agent: Client, merchant: Merchant, claim: Claim, mug: Claim) -> None:
    tabs = agent.get(path(merchant, "claims")).context["tabs"]
    assert [(tab.label, str(tab.count)) for tab in tabs] == [
        ("All", "None"),
        ("New", "2"),
        ("Needs info", "0"),
        ("Verified", "0"),
        ("Processed", "0"),
        ("Rejected", "0"),
        ("From customers", "0"),
        ("Problems", "0"),
    ]
    assert [tab.active for tab in tabs] == [True, *[False] * 7]


def test_page_through_all_claims_once(agent: Client, merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        made = {make_claim(funnel, email=f"c{n}@example.com", now=NOW - timedelta(hours=n)).id for n in range(30)}
    first = agent.get(path(merchant, "claims")).context["page"]
    second = agent.get(path(merchant, "claims"), {"after": first.next_token}).context["page"]
    assert (len(first.rows), len(second.rows)) == (25, 5)
    assert {row.id for row in (*first.rows, *second.rows)} == made


def test_say_what_to_do_where_nothing_is(agent: Client, merchant: Merchant) -> None:
    page = agent.get(path(merchant, "claims")).content.decode()
    assert "No claims yet" in page


def test_name_the_row_by_its_customer(agent: Client, merchant: Merchant, claim: Claim) -> None:
    row = agent.get(path(merchant, "claims")).context["table"].body()
    assert row.count('<th scope="row"') == 1
    header = row.partition('<th scope="row"')[2].partition("</th>")[0]
    assert path(merchant, "customers", claim.customer_id) in header
    assert "Inès Fournier" in header


def test_offer_no_acts_to_a_viewer(viewer: Client, merchant: Merchant, claim: Claim) -> None:
    page = viewer.get(path(merchant, "claims"))
    assert (page.status_code, page.context["bulk_actions"]) == (200, [])


def test_hide_claims_of_another_merchant(agent: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        make_claim(funnel_with())
    assert agent.get(path(merchant, "claims")).context["page"].rows == []
    assert agent.get(path(other_merchant, "claims")).status_code == 404


def test_send_strangers_to_sign_in(merchant: Merchant) -> None:
    answer = Client().get(path(merchant, "claims"))
    assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)


def test_search_everything_finds_claims(merchant: Merchant, claim: Claim) -> None:
    client = sign_in(merchant)
    page = client.get(path(merchant, "claims")).content.decode()
    assert f'action="{path(merchant, "claims")}"' in page.partition('id="gsearch"')[0]
    found = client.get(path(merchant, "claims") + f"?q={claim.order_number}").content.decode()
    assert claim.customer_name in found
