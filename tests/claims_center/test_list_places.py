"""From the list to a claim, to its neighbours, and back to the very spot."""

import copy
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims_center.models import Claim
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, make_order, path, sign_in
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT)


@pytest.fixture(scope="module")
def made(shared_rows: None) -> tuple[Merchant, list[Claim]]:
    """A merchant with thirty claims, the youngest first, as the list shows them."""
    merchant = Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom")
    with merchant_scope(merchant):
        funnel = funnel_with()
        make_order(funnel)
        claims = [make_claim(funnel, email=f"c{n}@example.com", now=NOW - timedelta(hours=n)) for n in range(30)]
    return merchant, claims


@pytest.fixture
def merchant(db: None, made: tuple[Merchant, list[Claim]]) -> Merchant:
    return Merchant.objects.get(id=made[0].id)


@pytest.fixture
def many(made: tuple[Merchant, list[Claim]]) -> list[Claim]:
    """The claims as they came in."""
    return copy.deepcopy(made[1])


def opened(client: Client, merchant: Merchant, claim: Claim, query: str = "") -> str:
    """Return the address of a claim as the list with these parameters gives it."""
    page = client.get(path(merchant, "claims") + query).content.decode()
    found = re.search(rf'href="([^"]+{claim.id}/\?list=[^"]+)"', page)
    assert found
    return found.group(1)


def ids(place: Any) -> tuple[str, str]:
    """The claims before and after."""
    before, after = (urlsplit(url).path.rstrip("/").rpartition("/")[2] for url in (place.previous_url, place.next_url))
    return before, after


def test_know_both_neighbours_within_the_filter(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    with merchant_scope(merchant):
        Claim.objects.filter(id__in=[many[2].id, many[4].id]).update(status="verified")
    place = agent.get(opened(agent, merchant, many[3], "?status=new")).context["place"]
    assert ids(place) == (str(many[1].id), str(many[5].id))
    place = agent.get(opened(agent, merchant, many[3], "?sort=submitted&before=last")).context["place"]
    assert ids(place) == (str(many[4].id), str(many[2].id))


def test_walk_the_whole_list_from_one_claim_to_the_next(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    address, seen = opened(agent, merchant, many[0]), []
    while address:
        page = agent.get(address)
        seen.append(page.context["claim"].id)
        address = page.context["place"].next_url
    assert seen == [claim.id for claim in many]
    assert 'data-key="k"' in page.content.decode()


def test_lead_back_to_page_filter_and_row(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    second = agent.get(path(merchant, "claims"), {"status": "new"}).context["page"].next_token
    address = opened(agent, merchant, many[27], f"?status=new&density=compact&after={second}")
    back = agent.get(address).context["place"].back_url
    assert parse_qs(urlsplit(back).query) == {
        "status": ["new"],
        "density": ["compact"],
        "after": [second],
        "row": [str(many[27].id)],
    }
    page = agent.get(back)
    assert [row.id for row in page.context["page"].rows] == [claim.id for claim in many[25:]]
    row = page.content.decode().partition("<tr data-focus tabindex=-1>")[2].partition("</tr>")[0]
    assert str(many[27].id) in row


def test_lead_back_to_the_page_that_the_next_claim_is_on(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    address = opened(agent, merchant, many[24])
    following = agent.get(agent.get(address).context["place"].next_url)
    page = agent.get(following.context["place"].back_url)
    assert [row.id for row in page.context["page"].rows] == [claim.id for claim in many[25:]]
    assert page.content.decode().count("<tr data-focus") == 1


def test_keep_the_place_over_an_act(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    address = opened(agent, merchant, many[3], "?status=new")
    page = agent.get(address).content.decode()
    assert f'name="next" value="{address}"' in page
    verify = path(merchant, "claims", many[3].id, "verify")

    answer = agent.post(verify, {"reason": "Receipt seen", "next": address}, follow=True)

    place = answer.context["place"]
    assert answer.context["claim"].status == "verified"
    assert ids(place) == (str(many[2].id), str(many[4].id))
    back = agent.get(place.back_url)
    assert (len(back.context["page"].rows), back.context["page"].stale) == (25, False)


def test_keep_the_place_through_a_question_without_scripts(
    agent: Client, merchant: Merchant, many: list[Claim]
) -> None:
    address = opened(agent, merchant, many[3])
    reject = path(merchant, "claims", many[3].id, "reject")
    asked = agent.get(reject, headers={"Referer": f"http://testserver{address}"}).content.decode()
    assert f'name="next" value="{address}"' in asked
    assert f'class="btn" href="{address}" data-close' in asked
    again = agent.post(reject, {"reason": "", "next": address})
    assert (again.status_code, f'name="next" value="{address}"' in again.content.decode()) == (422, True)


def broken(token: str) -> dict[str, str]:
    """A place in every state of decay."""
    return {
        "cut": token[:-3],
        "changed": f"x{token}",
        "other signature": f"{token.partition('.')[0]}.{'a' * 43}",
        "junk": "\ufffd.💥",
        "plain": "status=new",
        "huge": "a" * 5000,
        "empty": "",
    }


@pytest.mark.parametrize("name", broken("x.y"))
def test_show_a_claim_without_neighbours_for_a_place_that_is_none(
    agent: Client, merchant: Merchant, many: list[Claim], name: str
) -> None:
    token = parse_qs(urlsplit(opened(agent, merchant, many[3])).query)["list"][0]
    page = agent.get(path(merchant, "claims", many[3].id), {"list": broken(token)[name]})
    assert page.status_code == 200
    assert page.context["place"].token == ""
    assert page.context["crumbs"][0][1] == path(merchant, "claims")
    assert 'class="neighbours"' not in page.content.decode()


def test_lose_the_neighbours_when_a_filter_is_gone(
    agent: Client, merchant: Merchant, many: list[Claim], monkeypatch: pytest.MonkeyPatch
) -> None:
    address = opened(agent, merchant, many[3], "?submitted_to=2026-11-30")
    monkeypatch.setattr("ui.filters.period._parse", lambda _value: None)
    page = agent.get(address)
    assert (page.status_code, page.context["place"].next_url) == (200, "")
    assert "submitted_to=2026-11-30" in page.context["place"].back_url


def test_take_a_place_of_one_list_for_none_in_another_merchant(
    agent: Client, merchant: Merchant, other_merchant: Merchant, many: list[Claim]
) -> None:
    token = parse_qs(urlsplit(opened(agent, merchant, many[3])).query)["list"][0]
    stranger = sign_in(other_merchant, Role.OWNER, "Nora North")
    with merchant_scope(other_merchant):
        theirs = make_claim(funnel_with())
    page = stranger.get(path(other_merchant, "claims", theirs.id), {"list": token})
    assert (page.status_code, ids(page.context["place"])) == (200, ("", ""))


@pytest.mark.parametrize(
    "query", ["", "?status=new&submitted_to=2026-11-30", "?sort=-rating&assignee=nobody&page_size=100"]
)
def test_find_both_neighbours_with_one_query(agent: Client, merchant: Merchant, many: list[Claim], query: str) -> None:
    plain = len(queries_of(agent, path(merchant, "claims", many[3].id)))
    address = urlsplit(opened(agent, merchant, many[3], query))
    assert len(queries_of(agent, address.path, list=parse_qs(address.query)["list"][0])) == plain + 1


def test_ask_for_no_more_than_the_row_itself(agent: Client, merchant: Merchant, many: list[Claim]) -> None:
    """A page that is returned to costs what it cost before, unless the row stands on another one."""
    back = agent.get(opened(agent, merchant, many[3])).context["place"].back_url
    count: Callable[[str], int] = lambda address: len(queries(agent, address))  # noqa: E731
    assert count(back) == count(f"{path(merchant, 'claims')}?view=all")


def queries(client: Client, address: str) -> list[str]:
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]
