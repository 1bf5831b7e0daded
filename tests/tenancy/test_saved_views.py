"""Saved views: made, opened, changed, shared; and what happens when they name what is gone."""

import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from tenancy.ids import new_id
from tenancy.models import Merchant, SavedView, UserPreference
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, path, sign_in
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
LIST = "claims:list"


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT, "Ada Novak")


@pytest.fixture
def colleague(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT, "Bo Lind")


def user_id(client: Client) -> uuid.UUID:
    return client.user.pk  # type: ignore[attr-defined]


def claims(merchant: Merchant) -> str:
    return path(merchant, "claims")


def save(client: Client, merchant: Merchant, name: str = "Mine", query: str = "status=new", **values: Any) -> Any:
    body = {"at": claims(merchant), "state": query, "name": name, **values}
    return client.post(path(merchant, "lists", "views", "new"), body)


def saved(merchant: Merchant, name: str = "Mine") -> SavedView:
    with merchant_scope(merchant):
        return SavedView.objects.get(name=name)


def act(client: Client, merchant: Merchant, view: SavedView, act: str, **body: Any) -> Any:
    address = path(merchant, "lists", "views", view.id, *([act] if act else []))
    return client.post(address, {"next": claims(merchant), **body})


def tabs(client: Client, merchant: Merchant, address: str = "?view=all") -> list[str]:
    return [tab.label for tab in client.get(claims(merchant) + address).context["tabs"]][8:]


def make_view(merchant: Merchant, client: Client, **values: Any) -> SavedView:
    facts = {"list_name": LIST, "name": "Mine", "query": "status=new", "display": {}, "user_id": user_id(client)}
    with merchant_scope(merchant):
        view: SavedView = SavedView.objects.create(
            **{**facts, "created_at": "2026-11-20T12:00Z", "updated_at": "2026-11-20T12:00Z", **values}
        )
    return view


# --- Made and opened -------------------------------------------------------------------------------------------


def test_keep_filters_sort_columns_height_and_page_size(agent: Client, merchant: Merchant) -> None:
    state = "status=new&status=verified&q=ann&sort=-customer&columns=status.customer&density=compact&page_size=50"

    answer = save(agent, merchant, query=state)

    view = saved(merchant)
    assert (view.list_name, view.shared, view.user_id) == (LIST, False, user_id(agent))
    assert view.query == "status=new&status=verified&q=ann&sort=-customer"
    assert view.display == {"columns": ["status", "customer"], "density": "compact", "page_size": 50}
    assert answer["Location"] == f"{claims(merchant)}?{view.query}&view={view.id}"
    page = agent.get(answer["Location"]).context
    assert [head.name for head in page["heads"]] == ["status", "customer"]
    assert (page["density"], page["page_size"], str(page["sort"])) == ("compact", 50, "-customer")
    assert [tab.label for tab in page["tabs"] if tab.active] == ["Mine"]
    assert page["problems"] == []


def test_offer_to_save_what_is_shown(agent: Client, merchant: Merchant) -> None:
    page = agent.get(f"{claims(merchant)}?status=new&sort=customer&density=compact&after=junk&zzz=1")
    given = parse_qs(urlsplit(page.context["save_view_url"]).query)
    state = parse_qs(given["state"][0])
    assert given["at"] == [claims(merchant)]
    assert {name: state[name] for name in ("status", "sort", "density", "page_size")} == {
        "status": ["new"],
        "sort": ["customer"],
        "density": ["compact"],
        "page_size": ["25"],
    }
    assert state["columns"][0].startswith("submitted.customer.email.")
    assert set(state) == {"status", "sort", "columns", "density", "page_size"}
    dialog = agent.get(page.context["save_view_url"])
    assert (dialog.status_code, "Save this view" in dialog.content.decode()) == (200, True)


def test_count_a_view_as_its_list_does(agent: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = funnel_with()
        for number in range(3):
            make_claim(funnel, email=f"c{number}@example.com", now=NOW + timedelta(days=number))
    save(agent, merchant, query="submitted_from=2026-11-21")
    tab = agent.get(claims(merchant)).context["tabs"][-1]
    assert (tab.label, str(tab.count)) == ("Mine", "2")
    assert agent.get(claims(merchant) + tab.url).context["total"].number == 2


def test_look_no_words_up_for_a_view_that_is_not_shown(agent: Client, merchant: Merchant) -> None:
    for number in range(3):
        make_view(merchant, agent, name=f"View {number}", query=f"q=word{number}&status=new")
    page = agent.get(claims(merchant))
    assert [tab.count for tab in page.context["tabs"][-3:]] == [None] * 3
    assert [query for query in queries_of(agent, claims(merchant)) if "claimtoken" in query] == []


def test_begin_with_the_view_that_was_chosen(agent: Client, colleague: Client, merchant: Merchant) -> None:
    save(agent, merchant, shared="on", first="on")
    view = saved(merchant)

    opened = agent.get(claims(merchant))

    assert (opened.status_code, opened["Location"]) == (302, f"{claims(merchant)}?status=new&view={view.id}")
    assert colleague.get(claims(merchant)).status_code == 200
    everything = agent.get(f"{claims(merchant)}?view=all")
    assert [tab.label for tab in everything.context["tabs"] if tab.active] == ["All"]
    assert everything.context["tabs"][0].url == "?view=all"
    act(agent, merchant, view, "first", on="0")
    assert agent.get(claims(merchant)).status_code == 200


def test_leave_no_way_from_a_beginning_view_that_leads_back_into_it(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant, first="on")
    page = agent.get(claims(merchant), follow=True)
    links = [page.context["clear_url"], page.context["tabs"][0].url, page.context["filterset"].chips()[0].remove_url]
    for link in links:
        answer = agent.get(claims(merchant) + link)
        assert (answer.status_code, answer.context["filtered"]) == (200, False), link
    new = agent.get(f"{claims(merchant)}?status=new").context
    assert [chip.remove_url for chip in new["filterset"].chips()] == ["?view=all"]
    assert ("view", "all") in new["kept_by_filters"]


def test_begin_in_a_swap_as_on_a_page(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant, first="on")
    fragment = agent.get(claims(merchant), headers={"HX-Request": "true", "HX-Target": "grid-region"}, follow=True)
    assert "<html" not in fragment.content.decode()
    assert [tab.label for tab in fragment.context["tabs"] if tab.active] == ["Mine"]


# --- Changed ---------------------------------------------------------------------------------------------------


def test_notice_what_was_changed_and_update(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant, query="status=new&sort=-submitted")
    view = saved(merchant)
    address = f"{claims(merchant)}?view={view.id}&status=new&sort=-submitted"
    assert agent.get(address).context["view_menu"]["changed"] is False
    for more in ("&status=verified", "&density=compact", "&columns=customer", "&page_size=50", "&q=x"):
        assert agent.get(address + more).context["view_menu"]["changed"] is True, more

    menu = agent.get(f"{address}&verification=match").context["view_menu"]
    answer = act(agent, merchant, view, "update", state=menu["state"], next=menu["next"])

    assert saved(merchant).query == "status=new&verification=match&sort=-submitted"
    assert agent.get(answer["Location"]).context["view_menu"]["changed"] is False


def test_rename_share_and_delete(agent: Client, colleague: Client, merchant: Merchant) -> None:
    save(agent, merchant)
    view = saved(merchant)
    assert act(agent, merchant, view, "", name="Team view", shared="on").status_code == 302
    assert tabs(colleague, merchant) == ["Team view"]
    assert act(agent, merchant, view, "", name="Mine again").status_code == 302
    assert tabs(colleague, merchant) == []
    gone = act(agent, merchant, view, "delete")
    assert gone["Location"] == f"{claims(merchant)}?view=all"
    assert tabs(agent, merchant) == []


def test_put_tabs_in_an_order_of_ones_own(agent: Client, colleague: Client, merchant: Merchant) -> None:
    for name in ("A", "B", "C"):
        save(agent, merchant, name, shared="on")
    act(agent, merchant, saved(merchant, "C"), "move", to="left")
    act(agent, merchant, saved(merchant, "A"), "move", to="left")
    assert tabs(agent, merchant) == ["A", "C", "B"]
    save(agent, merchant, "D", shared="on")
    assert tabs(agent, merchant) == ["A", "C", "B", "D"]
    act(agent, merchant, saved(merchant, "A"), "move", to="right")
    assert tabs(agent, merchant) == ["C", "A", "B", "D"]
    assert tabs(colleague, merchant) == ["A", "B", "C", "D"]


@pytest.mark.parametrize("body", [{"name": ""}, {"name": " "}, {"name": "x" * 61}, {"name": "a\x00b"}, {}])
def test_ask_again_for_a_name(agent: Client, merchant: Merchant, body: dict[str, str]) -> None:
    given = {"at": claims(merchant), "state": "status=new", **body}
    assert agent.post(path(merchant, "lists", "views", "new"), given).status_code == 422
    with merchant_scope(merchant):
        assert SavedView.objects.count() == 0


def test_refuse_a_name_twice_where_it_would_be_ambiguous(agent: Client, colleague: Client, merchant: Merchant) -> None:
    save(agent, merchant)
    assert save(agent, merchant).status_code == 422
    assert save(colleague, merchant).status_code == 302
    assert save(colleague, merchant, shared="on").status_code == 302
    assert save(agent, merchant, shared="on").status_code == 422


def test_keep_so_many_views_and_no_more(agent: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenancy.lists.services.MOST_VIEWS", 2)
    assert [save(agent, merchant, name).status_code for name in "ABC"] == [302, 302, 422]


@pytest.mark.parametrize("query", ["q=" + "x" * 5000, "&".join(f"status=new{n}" for n in range(600))])
def test_refuse_more_filters_than_a_view_holds(agent: Client, merchant: Merchant, query: str) -> None:
    assert save(agent, merchant, query=query).status_code == 422


# --- Who may what ------------------------------------------------------------------------------------------------


def test_keep_a_private_view_from_everybody_else(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant)
    view = saved(merchant)
    owner = sign_in(merchant, Role.OWNER, "Olga Owner")
    assert tabs(owner, merchant) == []
    for name in ("", "update", "first", "move", "delete"):
        assert act(owner, merchant, view, name, name="Theirs", state="", on="1").status_code == 404, name
    page = owner.get(f"{claims(merchant)}?view={view.id}&status=new")
    assert (page.status_code, page.context["view_menu"]) == (200, None)
    assert "Mine" not in page.content.decode()


@pytest.mark.parametrize(("role", "changed"), [(Role.VIEWER, False), (Role.AGENT, False), (Role.ADMIN, True)])
def test_let_the_maker_and_admins_change_a_shared_view(
    agent: Client, merchant: Merchant, role: Role, *, changed: bool
) -> None:
    save(agent, merchant, shared="on")
    view = saved(merchant)
    other = sign_in(merchant, role, "Bo Lind")
    menu = other.get(f"{claims(merchant)}?view={view.id}&status=verified").context["view_menu"]
    assert menu["may_change"] is changed
    act(other, merchant, view, "update", state="status=verified", next=f"{claims(merchant)}?view={view.id}")
    assert (saved(merchant).query == "status=verified") is changed
    act(other, merchant, view, "", name="Other", shared="on")
    with merchant_scope(merchant):
        assert SavedView.objects.filter(name="Other").exists() is changed
    act(other, merchant, view, "delete")
    with merchant_scope(merchant):
        assert SavedView.objects.exists() is not changed


def test_let_a_viewer_keep_views_and_share_none(merchant: Merchant) -> None:
    viewer = sign_in(merchant, Role.VIEWER, "Vera Lind")
    assert save(viewer, merchant, shared="on").status_code == 302
    assert saved(merchant).shared is False
    assert "Share with the team" not in viewer.get(viewer_form(merchant)).content.decode()


def viewer_form(merchant: Merchant) -> str:
    return path(merchant, "lists", "views", "new") + f"?at={claims(merchant)}&state="


def test_know_views_of_lists_that_this_role_sees_only(agent: Client, merchant: Merchant) -> None:
    for at in (
        path(merchant, "settings", "members"),
        path(merchant, "settings"),
        "/m/other/claims/",
        "/",
        "//evil.example/",
    ):
        answer = agent.post(path(merchant, "lists", "views", "new"), {"at": at, "state": "", "name": "x"})
        assert answer.status_code == 404, at


def test_keep_merchants_apart(agent: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    save(agent, merchant)
    stranger = sign_in(other_merchant, Role.OWNER, "Nora North")
    view = saved(merchant)
    assert stranger.post(path(other_merchant, "lists", "views", view.id, "delete")).status_code == 404
    assert tabs(stranger, other_merchant) == []


# --- Stale views -----------------------------------------------------------------------------------------------

STALE: list[tuple[dict[str, Any], str]] = [
    ({"query": f"status=new&product={new_id()}"}, "is not known"),
    ({"query": f"status=new&assignee={new_id()}"}, "is not known"),
    ({"query": "status=new&verification=blue"}, "“blue” is not known"),
    ({"query": "status=new&submitted_from=2026-02-31"}, "“2026-02-31” is not known"),
    ({"query": "status=new&sort=shoe_size"}, "“shoe_size” is not known"),
    ({"query": "status=new&colour=red"}, "also named “colour”"),
    ({"query": "status=new", "display": {"columns": ["gone", "status", "customer"]}}, "also named “gone”"),
]


@pytest.mark.parametrize(("held", "told"), STALE)
def test_open_a_view_that_names_what_is_gone(agent: Client, merchant: Merchant, held: Any, told: str) -> None:
    with merchant_scope(merchant):
        funnel = funnel_with()
        make_claim(funnel)
    make_view(merchant, agent, **held)
    tab = agent.get(claims(merchant)).context["tabs"][-1]

    page = agent.get(claims(merchant) + tab.url)

    assert page.status_code == 200
    assert [told in problem.text for problem in page.context["problems"]] == [True]
    assert page.context["filterset"].active()["status"] == ["new"]
    assert (str(tab.count), page.context["total"].number, page.context["view_menu"]["changed"]) == ("1", 1, True)
    assert agent.get(claims(merchant) + page.context["problems"][0].remove_url).context["problems"] == []


@pytest.mark.parametrize(
    "display",
    [
        {"columns": "status"},
        {"columns": [1, None]},
        {"columns": []},
        {"density": 7, "page_size": "many"},
        {"page_size": 10**9},
    ],
)
def test_draw_a_view_of_odd_looks_as_the_list_is_drawn(agent: Client, merchant: Merchant, display: Any) -> None:
    view = make_view(merchant, agent, display=display)
    page = agent.get(f"{claims(merchant)}?view={view.id}")
    assert (page.status_code, len(page.context["heads"]), page.context["page_size"]) == (200, 16, 25)


@pytest.mark.parametrize("value", [None, 7, "x", [1], {"columns": {"a": 1}, "order": 3, "first": ["x"]}])
def test_open_a_list_whatever_the_settings_hold(agent: Client, merchant: Merchant, value: Any) -> None:
    with merchant_scope(merchant):
        for name in ("lists", f"list.{LIST}"):
            UserPreference.objects.create(
                user_id=user_id(agent), name=name, value=value, updated_at="2026-11-20T12:00Z"
            )
    page = agent.get(claims(merchant))
    assert (page.status_code, len(page.context["heads"])) == (200, 16)


def test_open_the_list_when_the_beginning_view_is_gone(agent: Client, merchant: Merchant) -> None:
    save(agent, merchant, first="on")
    act(agent, merchant, saved(merchant), "delete")
    assert agent.get(claims(merchant)).status_code == 200
    assert agent.get(f"{claims(merchant)}?view={new_id()}&status=new").context["view_menu"] is None


# --- What it costs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("views", [1, 3])
def test_need_one_query_for_settings_and_views(agent: Client, merchant: Merchant, views: int) -> None:
    with merchant_scope(merchant):
        product = make_claim(funnel_with()).product_id
    before = len(queries_of(agent, claims(merchant), view="all"))
    for number in range(views):
        make_view(merchant, agent, name=f"View {number}", query=f"status=new&product={product}&assignee=nobody")
    kept = [query for query in queries_of(agent, claims(merchant), view="all") if "savedview" in query]
    assert len(kept) == 1
    assert len(queries_of(agent, claims(merchant), view="all")) == before


def test_open_every_list_with_a_view_of_its_own(merchant: Merchant) -> None:
    owner = sign_in(merchant, Role.OWNER, "Olga Owner")
    lists = ("claims", "orders", "products", "promotions", "funnels", "code-pools", "deliveries", "customers", "jobs",
             "imports", "ledger", "settings/members", "settings/api-keys", "settings/audit")  # fmt: skip
    for number, name in enumerate(lists):
        address = path(merchant, name)
        page = owner.get(address, follow=True)
        given = parse_qs(urlsplit(page.context["save_view_url"]).query)
        body = {"at": given["at"][0], "state": given["state"][0], "name": f"View {number}"}
        answer = owner.post(path(merchant, "lists", "views", "new"), body, follow=True)
        assert [tab.label for tab in answer.context["tabs"] if tab.active] == [f"View {number}"], name
    with merchant_scope(merchant):
        assert len(set(SavedView.objects.values_list("list_name", flat=True))) == len(lists)
