"""The page of one claim, and every act on it."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client

from claims_center.claim_page.facts import address_lines
from claims_center.models import Claim, ClaimChange
from claims_center.services import gifts, processing, verdicts
from claims_center.urls import ACTS
from messaging.models import Message
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, make_order, path, pooled_funnel, sign_in
from tests.support.counting import queries_of

BY: dict[str, Any] = {"actor": Actor.system(), "now": NOW}


def post(client: Client, merchant: Merchant, claim: Claim, act: str, **values: str) -> int:
    """Post an act as its form does; return the status."""
    given = {"op_id": str(uuid.uuid4()), **values}
    return client.post(path(merchant, "claims", claim.id, act), given).status_code


def reload(merchant: Merchant, claim: Claim) -> Claim:
    with merchant_scope(merchant):
        found: Claim = Claim.objects.get(id=claim.id)
        return found


def events(merchant: Merchant, claim: Claim) -> list[str]:
    with merchant_scope(merchant):
        return list(ClaimChange.objects.filter(claim_id=claim.id).order_by("seq").values_list("event", flat=True))


def buttons(client: Client, merchant: Merchant, claim: Claim) -> list[str]:
    context = client.get(path(merchant, "claims", claim.id)).context
    return [button.name for button in context.get("buttons", [])]


def test_show_everything_about_a_claim(agent: Client, merchant: Merchant, claim: Claim) -> None:
    page = agent.get(path(merchant, "claims", claim.id)).content.decode()
    for text in (
        "Inès Fournier",
        "ines.fournier@example.com",
        "Cold Brew Kit",
        "112-7391030-0000001",
        "Match",
        "Brews beautifully",
        "Barista guide",
        "Required actions",
        "Verify the claim",
        "Claim submitted",
        "Order history",
        'href="https://www.amazon.com/dp/',
        "/track/",
    ):
        assert text in page


@pytest.mark.parametrize("changes", [0, 3])
def test_need_as_many_queries_whatever_has_happened(
    agent: Client, merchant: Merchant, claim: Claim, changes: int
) -> None:
    with merchant_scope(merchant):
        for _number in range(changes):
            verdicts.verify(claim_id=claim.id, **BY)
            verdicts.unverify(claim_id=claim.id, **BY)
    assert len(queries_of(agent, path(merchant, "claims", claim.id))) == 15


def test_go_all_the_way_of_a_digital_gift(agent: Client, merchant: Merchant, claim: Claim) -> None:
    for act, names in (
        ("verify", ["verify"]),
        ("send-gift", ["send-gift"]),
        ("process", ["process"]),
        ("unprocess", ["unprocess"]),
    ):
        assert buttons(agent, merchant, claim) == names
        assert post(agent, merchant, claim, act) == 302
    assert events(merchant, claim) == [
        "claim.submitted",
        "claim.verified",
        "claim.gift_sent",
        "claim.processed",
        "claim.unprocessed",
    ]
    assert reload(merchant, claim).status == "verified"


def test_go_all_the_way_of_a_physical_gift(agent: Client, merchant: Merchant, mug: Claim) -> None:
    assert post(agent, merchant, mug, "verify") == 422
    assert post(agent, merchant, mug, "verify", reason="Receipt seen") == 302
    assert post(agent, merchant, mug, "process", carrier="DHL", tracking_number="JD01") == 302
    page = agent.get(path(merchant, "claims", mug.id)).content.decode()
    for text in ("Shipped", "Rue de la Paix 4", "69001 Lyon", "Ceramic mug", "DHL", "JD01", "Ada Novak"):
        assert text in page
    assert post(agent, merchant, mug, "delivered") == 302
    found = reload(merchant, mug)
    assert (found.status, found.delivery_status) == ("processed", "delivered")


@pytest.mark.parametrize("act", ["verify", "send-gift", "process", "unprocess"])
def test_do_it_once_where_a_button_is_pressed_twice(agent: Client, merchant: Merchant, claim: Claim, act: str) -> None:
    order = ["verify", "send-gift", "process", "unprocess"]
    for earlier in order[: order.index(act)]:
        post(agent, merchant, claim, earlier)
    before = len(events(merchant, claim))
    first, again = post(agent, merchant, claim, act), post(agent, merchant, claim, act)
    assert (first, again, len(events(merchant, claim))) == (302, 302, before + 1)


def test_do_it_once_where_the_same_form_comes_twice(agent: Client, merchant: Merchant, claim: Claim) -> None:
    key = str(uuid.uuid4())
    for _press in range(2):
        assert post(agent, merchant, claim, "note", text="Looks fine", op_id=key) == 302
    with merchant_scope(merchant):
        assert [note.text for note in claim.notes.all()] == ["Looks fine"]


def test_send_no_second_mail(agent: Client, merchant: Merchant, claim: Claim) -> None:
    post(agent, merchant, claim, "verify")
    for _press in range(3):
        post(agent, merchant, claim, "send-gift")
    with merchant_scope(merchant):
        assert Message.objects.filter(origin_id=claim.id).count() == 1


def test_ask_for_a_reason_where_the_order_does_not_match(agent: Client, merchant: Merchant, mug: Claim) -> None:
    page = agent.get(path(merchant, "claims", mug.id))
    assert [(b.name, b.at_once) for b in page.context["buttons"]] == [("verify", False)]
    answer = agent.post(path(merchant, "claims", mug.id, "verify"), {"reason": ""})
    assert answer.status_code == 422
    assert "Give a reason" in answer.content.decode() or "required" in answer.content.decode()
    assert reload(merchant, mug).status == "new"


def test_override_with_a_reason(agent: Client, merchant: Merchant, claim: Claim) -> None:
    asked = agent.get(path(merchant, "claims", claim.id, "send-gift")).content.decode()
    assert all(words in asked for words in ("This claim is not verified", claim.customer_email, claim.promotion_name))
    assert post(agent, merchant, claim, "send-gift") == 422
    assert post(agent, merchant, claim, "send-gift", reason="VIP") == 302
    page = agent.get(path(merchant, "claims", claim.id)).content.decode()
    assert "VIP" in page


def test_reject_and_reopen_with_reasons(agent: Client, merchant: Merchant, claim: Claim) -> None:
    assert post(agent, merchant, claim, "reject") == 422
    assert post(agent, merchant, claim, "reject", reason="Not our product") == 302
    assert "Not our product" in agent.get(path(merchant, "claims", claim.id)).content.decode()
    assert buttons(agent, merchant, claim) == ["reopen"]
    assert post(agent, merchant, claim, "reopen", reason="Mistake") == 302
    assert reload(merchant, claim).status == "new"


def test_ask_the_customer_for_information(agent: Client, merchant: Merchant, claim: Claim) -> None:
    assert post(agent, merchant, claim, "info", reason="Which colour?", notify="on") == 302
    found = reload(merchant, claim)
    assert (found.status, found.status_reason) == ("needs_info", "Which colour?")


def test_say_so_where_the_pool_is_empty(agent: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = pooled_funnel(codes=1, order_number="optional")
        make_order(funnel)
        first, second = make_claim(funnel), make_claim(funnel, email="b@example.com", order_number="")
        gifts.send_gift(claim_id=first.id, reason="x", **BY)
        verdicts.verify(claim_id=second.id, reason="x", **BY)
    answer = agent.post(path(merchant, "claims", second.id, "send-gift"), follow=True)
    assert "is empty. Add codes" in answer.content.decode()
    assert reload(merchant, second).gift_code == ""


def test_leave_nothing_behind_where_an_override_is_refused(agent: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = pooled_funnel(codes=1)
        taken, claim = make_claim(funnel), make_claim(funnel, email="b@example.com")
        gifts.send_gift(claim_id=taken.id, reason="x", **BY)
    post(agent, merchant, claim, "send-gift", reason="VIP")
    assert (reload(merchant, claim).status, events(merchant, claim)) == ("new", ["claim.submitted"])


def test_correct_the_address_and_send_again(agent: Client, merchant: Merchant, claim: Claim) -> None:
    post(agent, merchant, claim, "verify")
    post(agent, merchant, claim, "send-gift")
    assert post(agent, merchant, claim, "correct-email", email="new@example.com", reason="typo") == 302
    with merchant_scope(merchant):
        sent = Message.objects.filter(origin_id=claim.id).order_by("seq").values_list("to_address", flat=True)
        assert list(sent) == ["ines.fournier@example.com", "new@example.com"]


def test_change_address_shipping_and_order_number(agent: Client, merchant: Merchant, mug: Claim) -> None:
    address = {"name": "I. Fournier", "street": "Quai 1", "city": "Paris", "country": "FR"}
    assert post(agent, merchant, mug, "address", **address) == 302
    assert post(agent, merchant, mug, "shipping", carrier="UPS", tracking_number="1Z") == 302
    assert post(agent, merchant, mug, "order-number", order_number="112-0000000-0000009", reason="typo") == 302
    found = reload(merchant, mug)
    assert (found.ship_to["city"], found.carrier, found.order_number) == ("Paris", "UPS", "112-0000000-0000009")
    assert "Quai 1" in agent.get(path(merchant, "claims", mug.id, "label")).content.decode()


def test_assign_to_a_colleague_and_to_nobody(agent: Client, merchant: Merchant, claim: Claim) -> None:
    person = agent.user.id  # type: ignore[attr-defined]
    assert post(agent, merchant, claim, "assign", assignee=str(person)) == 302
    assert reload(merchant, claim).assignee_name == "Ada Novak"
    assert "Ada Novak" in agent.get(path(merchant, "claims", claim.id)).content.decode()
    assert post(agent, merchant, claim, "assign", assignee="") == 302
    assert reload(merchant, claim).assignee_id is None


def test_assign_to_no_stranger(agent: Client, merchant: Merchant, other_merchant: Merchant, claim: Claim) -> None:
    stranger = sign_in(other_merchant)
    assert post(agent, merchant, claim, "assign", assignee=str(stranger.user.id)) == 422  # type: ignore[attr-defined]


def test_show_the_code_to_an_agent_and_write_it_down(agent: Client, merchant: Merchant, claim: Claim) -> None:
    with merchant_scope(merchant):
        gifts.send_gift(claim_id=claim.id, reason="x", **BY)
        processing.mark_processed(claim_id=claim.id, **BY)
    page = agent.get(path(merchant, "claims", claim.id)).content.decode()
    assert "BARISTA-2026" not in page
    answer = agent.post(path(merchant, "claims", claim.id, "code"))
    assert "BARISTA-2026" in answer.content.decode()
    with merchant_scope(merchant):
        assert AuditEvent.objects.filter(action="claim.code_revealed", target_id=claim.id).count() == 1


def test_show_a_viewer_everything_but_the_acts(viewer: Client, merchant: Merchant, claim: Claim) -> None:
    page = viewer.get(path(merchant, "claims", claim.id))
    text = page.content.decode()
    assert page.status_code == 200
    posts = [form for form in re.findall(r"<form[^>]*>", text) if 'method="post"' in form]
    assert [form for form in posts if f'action="/m/{merchant.slug}/' in form] == []
    assert [word for word in ("Add note", "/assign/", "/track/") if word in text] == []


@pytest.mark.parametrize("act", [*ACTS, "code"])
def test_refuse_a_viewer_every_act(viewer: Client, merchant: Merchant, claim: Claim, act: str) -> None:
    assert viewer.post(path(merchant, "claims", claim.id, act)).status_code == 403
    assert reload(merchant, claim).version == 1


@pytest.mark.parametrize("act", ["", *ACTS, "code", "label"])
def test_know_no_claim_of_another_merchant(
    agent: Client, merchant: Merchant, other_merchant: Merchant, act: str
) -> None:
    with merchant_scope(other_merchant):
        foreign = make_claim(funnel_with())
    address = path(merchant, "claims", foreign.id, *([act] if act else []))
    methods = (agent.get, agent.post) if act in ACTS else (agent.post if act == "code" else agent.get,)
    assert {method(address).status_code for method in methods} == {404}


@pytest.mark.parametrize("act", ACTS)
def test_ask_on_a_page_of_its_own_and_in_the_dialog(agent: Client, merchant: Merchant, claim: Claim, act: str) -> None:
    address = path(merchant, "claims", claim.id, act)
    page = agent.get(address)
    fragment = agent.get(address, headers={"HX-Request": "true", "HX-Target": "dialog-body"})
    assert (page.status_code, fragment.status_code) == (200, 200)
    assert ("<html" in page.content.decode(), "<html" in fragment.content.decode()) == (True, False)


def test_let_an_owner_do_what_an_agent_may(merchant: Merchant, claim: Claim) -> None:
    owner = sign_in(merchant, Role.OWNER)
    assert post(owner, merchant, claim, "verify") == 302


def test_come_back_to_the_page_behind_the_dialog(agent: Client, merchant: Merchant, claim: Claim) -> None:
    page = path(merchant, "claims", claim.id)
    for behind, kept in (
        (f"{page}?list=abc.def", f"{page}?list=abc.def"),
        ("https://evil.example/x?y", page),
    ):
        headers = {"HX-Request": "true", "HX-Target": "dialog-body", "HX-Current-URL": f"http://testserver{behind}"}
        assert f'name="next" value="{kept}"' in agent.get(f"{page}reject/", headers=headers).content.decode()


def test_lead_to_no_other_site_after_an_act(agent: Client, merchant: Merchant, claim: Claim) -> None:
    page = path(merchant, "claims", claim.id)
    answer = agent.post(f"{page}verify/", {"reason": "", "next": "https://evil.example/"})
    assert answer["Location"] == page


@pytest.mark.parametrize(
    ("country", "province", "lines"),
    [
        ("US", "OR", ["Ines Fournier", "1 NW Lovejoy St", "Portland, OR 97209", "United States"]),
        ("DE", "", ["Ines Fournier", "1 NW Lovejoy St", "97209 Portland", "Germany"]),
    ],
)
def test_write_an_address_as_its_country_does(country: str, province: str, lines: list[str]) -> None:
    given = {"name": "Ines Fournier", "street": "1 NW Lovejoy St", "city": "Portland", "postal_code": "97209"}
    assert address_lines(given | {"country": country, "province": province}).splitlines() == lines
