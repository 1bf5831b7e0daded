"""Columns, row height, page size and shortcuts: remembered for one person, the address always wins."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tenancy.lists import preference
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.tenancy.test_saved_views import LIST, claims, save, saved, user_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT, "Ada Novak")


@pytest.fixture
def colleague(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT, "Bo Lind")


def draw(client: Client, merchant: Merchant, address: str, **changes: Any) -> Any:
    """Post the form as the page drew it, with these changes."""
    page = client.get(address).context
    names = [choice.name for choice in page["columns"] if not choice.hidden]
    body = {"next": address, "was": page["was"], "columns": names, "order": [one.name for one in page["columns"]]}
    return client.post(path(merchant, "lists", "display"), body | {"page_size": page["page_size"]} | changes)


def shown(client: Client, address: str) -> list[str]:
    return [head.name for head in client.get(address).context["heads"]]


def test_remember_columns_for_one_list_of_one_person(agent: Client, colleague: Client, merchant: Merchant) -> None:
    orders = path(merchant, "orders")
    answer = draw(agent, merchant, claims(merchant), columns=["customer", "status", "nowhere"])
    assert answer["Location"] == f"{claims(merchant)}?columns=customer.status"
    assert shown(agent, claims(merchant)) == ["customer", "status"]
    assert shown(agent, f"{claims(merchant)}?columns=email.customer") == ["email", "customer"]
    assert len(shown(colleague, claims(merchant))) == 16
    assert len(shown(agent, orders)) == 8
    draw(agent, merchant, claims(merchant), reset="1")
    assert len(shown(agent, claims(merchant))) == 16


def test_move_a_column_past_its_shown_neighbour(agent: Client, merchant: Merchant) -> None:
    draw(agent, merchant, claims(merchant), columns=["submitted", "customer", "status"])
    draw(agent, merchant, claims(merchant), move="status:up")
    assert shown(agent, claims(merchant)) == ["submitted", "status", "customer"]
    draw(agent, merchant, claims(merchant), move="status:up")
    draw(agent, merchant, claims(merchant), move="status:up")
    assert shown(agent, claims(merchant)) == ["status", "submitted", "customer"]
    draw(agent, merchant, claims(merchant), move="customer:down")
    draw(agent, merchant, claims(merchant), move="email:down")
    assert shown(agent, claims(merchant)) == ["status", "submitted", "customer"]


def test_remember_height_and_page_size_for_all_lists(agent: Client, merchant: Merchant) -> None:
    draw(agent, merchant, claims(merchant), density="compact")
    draw(agent, merchant, claims(merchant), page_size="100")
    orders = agent.get(path(merchant, "orders")).context
    assert (orders["density"], orders["page_size"]) == ("compact", 100)
    with merchant_scope(merchant):
        assert preference(user_id=user_id(agent), name="lists") == {"density": "compact", "page_size": 100}
        assert preference(user_id=user_id(agent), name=f"list.{LIST}") is None


def test_keep_page_and_filters_while_columns_change(agent: Client, merchant: Merchant) -> None:
    address = f"{claims(merchant)}?status=new&sort=customer&before=last"
    answer = draw(agent, merchant, address, columns=["customer"])
    assert parse_qs(urlsplit(answer["Location"]).query) == {
        "status": ["new"],
        "sort": ["customer"],
        "columns": ["customer"],
        "before": ["last"],
    }


def test_leave_what_a_saved_view_shows_to_the_view(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant, query="status=new&density=comfortable")
    address = f"{claims(merchant)}?view={saved(merchant).id}&status=new"
    answer = draw(agent, merchant, address, density="compact")
    assert "density=compact" in answer["Location"]
    assert agent.get(answer["Location"]).context["view_menu"]["changed"] is True
    assert agent.get(claims(merchant)).context["density"] == "comfortable"


@pytest.mark.parametrize(
    "body",
    [{}, {"columns": ["\x00"], "was": "\x00"}, {"density": "huge", "page_size": "-1"}, {"move": "x:up", "columns": ["x"]},
     {"was": "a b c d", "order": ["nowhere"], "page_size": "9" * 400}],
)  # fmt: skip
def test_answer_odd_forms(agent: Client, merchant: Merchant, body: dict[str, Any]) -> None:
    answer = agent.post(path(merchant, "lists", "display"), {"next": claims(merchant), **body})
    assert answer.status_code == 302
    assert agent.get(claims(merchant)).status_code == 200


def test_know_no_other_list_than_ours(agent: Client, merchant: Merchant) -> None:
    for address in ("", "/", "https://evil.example/m/brew-bloom/claims/", "/m/north-trail/claims/", "/accounts/login/"):
        assert agent.post(path(merchant, "lists", "display"), {"next": address}).status_code == 404


# --- Shortcuts -------------------------------------------------------------------------------------------------------


def test_switch_single_keys_off_in_every_browser(agent: Client, merchant: Merchant) -> None:
    assert " data-shortcuts>" in agent.get(claims(merchant)).content.decode()
    assert agent.post(path(merchant, "lists", "shortcuts"), {"off": "1"}).cookies["shortcuts"].value == "off"
    other = Client()
    other.force_login(agent.user)  # type: ignore[attr-defined]
    assert " data-shortcuts>" not in other.get(claims(merchant)).content.decode()
    agent.post(path(merchant, "lists", "shortcuts"), headers={"HX-Request": "true"})
    assert " data-shortcuts>" in agent.get(claims(merchant)).content.decode()
