"""Claims that wait for a code: joining, leaving, being served, and what the pages say."""

from typing import Any

import pytest
from django.test import Client

from claims_center import waiting
from claims_center.errors import NotAllowed, NothingToGive
from claims_center.models import Claim, ClaimChange, Promotion
from claims_center.services import gifts, verdicts
from claims_center.services.catalogue import update_promotion
from claims_center.states import Delivery, Event, Status
from codes import filling
from codes.models import Code, CodePool, Waiting
from jobs.runner import run_kind
from ledger import checks
from messaging.models import Message
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, STAFF, make_claim, make_funnel, make_order, make_pool, make_promotion

pytestmark = pytest.mark.django_db(transaction=True)
BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


@pytest.fixture
def shop(transactional_db: None) -> Merchant:
    return Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom", mfa_required=False)


@pytest.fixture
def agent(shop: Merchant) -> Client:
    user = User.objects.create_user("agent@brew-bloom.example", password="x" * 12)
    Membership.objects.create(merchant=shop, user=user, role=Role.AGENT)
    client = Client()
    client.force_login(user)
    return client


def verified(number: int, funnel: Any) -> Claim:
    """A verified claim of a customer of its own."""
    claim = make_claim(funnel, email=f"c{number}@example.com", first_name=f"C{number}", order_number=f"4711-{number}")
    verdicts.verify(claim_id=claim.id, reason="Known customer", **BY)
    return claim


def of_empty_pool(number: int = 3) -> list[Claim]:
    funnel = make_funnel(make_promotion(pool=make_pool()))
    return [verified(n, funnel) for n in range(number)]


def bring_codes(*values: str) -> None:
    filling.upload(pool_id=CodePool.objects.get().id, data="\n".join(values).encode(), **BY)


def work(shop: Merchant) -> None:
    while run_kind(shop.id, "codes.serve"):
        pass


def test_wait_and_be_served_in_order(shop: Merchant) -> None:
    with merchant_scope(shop):
        claims = of_empty_pool()
        for claim in claims:
            waiting.join_line(claim_id=claim.id, **BY)
        bring_codes("NEW-1", "NEW-2")

    work(shop)

    with merchant_scope(shop):
        found = [Claim.objects.get(id=claim.id) for claim in claims]
        assert [claim.gift_code for claim in found] == ["NEW-1", "NEW-2", ""]
        assert [claim.delivery_status for claim in found] == [Delivery.QUEUED, Delivery.QUEUED, Delivery.NOT_SENT]
        assert Message.objects.filter(kind="claim.gift").count() == 2
        changes = ClaimChange.objects.filter(claim=claims[0]).order_by("seq").values_list("event", "actor")
        assert list(changes)[-2:] == [(Event.CODE_AWAITED, str(STAFF)), (Event.GIFT_SENT, "system")]
        assert Waiting.objects.get().origin_id == claims[2].id
    assert checks.run(shop.id).findings == []


def test_join_twice_stands_once(shop: Merchant) -> None:
    with merchant_scope(shop):
        claim = of_empty_pool(1)[0]
        for _time in range(2):
            waiting.join_line(claim_id=claim.id, **BY)

        assert ClaimChange.objects.filter(event=Event.CODE_AWAITED).count() == Waiting.objects.count() == 1


def test_leave_the_line(shop: Merchant) -> None:
    with merchant_scope(shop):
        claim = of_empty_pool(1)[0]
        waiting.join_line(claim_id=claim.id, **BY)
        for _time in range(2):
            waiting.leave_line(claim_id=claim.id, **BY)

        assert not Waiting.objects.exists()
        assert ClaimChange.objects.filter(event=Event.WAIT_ENDED).count() == 1


@pytest.mark.parametrize("act", ["reject", "unverify", "info", "change"])
def test_wait_no_longer_when_the_gift_is_not_due_any_more(shop: Merchant, act: str) -> None:
    with merchant_scope(shop):
        claim = of_empty_pool(1)[0]
        waiting.join_line(claim_id=claim.id, **BY)
        if act == "reject":
            verdicts.reject(claim_id=claim.id, reason="No", **BY)
        elif act == "unverify":
            verdicts.unverify(claim_id=claim.id, **BY)
        elif act == "info":
            verdicts.ask_info(claim_id=claim.id, reason="Which?", **BY)
        else:
            gifts.change_gift(claim_id=claim.id, promotion_id=make_promotion("fixed").id, reason="x", **BY)

        assert not Waiting.objects.exists()


def test_only_a_verified_claim_with_a_pool_waits(shop: Merchant) -> None:
    with merchant_scope(shop):
        new = make_claim(make_funnel(make_promotion(pool=make_pool())))
        fixed = verified(7, make_funnel(make_promotion("fixed")))

        for claim in (new, fixed):
            with pytest.raises(NotAllowed):
                waiting.join_line(claim_id=claim.id, **BY)
        assert not Waiting.objects.exists()


def test_say_that_others_come_first(shop: Merchant) -> None:
    with merchant_scope(shop):
        first, second, *_more = of_empty_pool()
        waiting.join_line(claim_id=first.id, **BY)
        bring_codes("NEW-1", "NEW-2")

        with pytest.raises(NothingToGive, match="served first"):
            gifts.send_gift(claim_id=second.id, **BY)
        gifts.send_gift(claim_id=first.id, **BY)
        gifts.send_gift(claim_id=second.id, **BY)

        assert not Waiting.objects.exists()


def test_leave_with_a_reason_when_the_gift_cannot_be_sent(shop: Merchant) -> None:
    with merchant_scope(shop):
        first, second = of_empty_pool(2)
        for claim in (first, second):
            waiting.join_line(claim_id=claim.id, **BY)
        Claim.objects.filter(id=first.id).update(customer_email="")
        bring_codes("NEW-1")

    work(shop)

    with merchant_scope(shop):
        assert Claim.objects.get(id=second.id).gift_code == "NEW-1"
        assert ClaimChange.objects.get(event=Event.WAIT_ENDED).reason == "The customer has no e-mail address."
        assert Code.objects.filter(state="taken").count() == 1


def test_wait_by_itself_where_the_funnel_sends_by_itself(shop: Merchant) -> None:
    with merchant_scope(shop):
        make_order()
        make_claim(make_funnel(make_promotion(pool=make_pool()), auto_verify=True, auto_send=True))
        claim = Claim.objects.get()
        assert (claim.status, Waiting.objects.get().actor) == (Status.VERIFIED, "system")
        bring_codes("NEW-1")

    work(shop)

    with merchant_scope(shop):
        assert Claim.objects.get().gift_code == "NEW-1"


def test_show_the_place_in_line(shop: Merchant, agent: Client) -> None:
    with merchant_scope(shop):
        claims = of_empty_pool()
        pool = CodePool.objects.get()
    pages = [f"/m/brew-bloom/claims/{claim.id}/" for claim in claims]
    assert "Wait for a code" in agent.get(pages[2]).content.decode()
    for page in pages:
        agent.post(f"{page}wait/")

    shown = agent.get(pages[2]).content.decode()
    line = agent.get(f"/m/brew-bloom/code-pools/{pool.id}/").content.decode()
    agent.post(f"{pages[0]}leave-line/")

    assert "Waiting for a code, 3rd in line" in shown
    assert "3 wait for a code" in line
    assert line.index("C0 Lee") < line.index("C1 Lee") < line.index("C2 Lee")
    assert "Waiting for a code, 2nd in line" in agent.get(pages[2]).content.decode()


def pool_changed(claims: list[Claim], **values: Any) -> None:
    given = {"kind": "digital", "source": "pool", "pool_id": None, "fixed_code": ""} | values
    update_promotion(promotion_id=claims[0].promotion_id, values=given, **BY)


def test_change_lines_with_the_promotion(shop: Merchant) -> None:
    """Its pool is another one now: who waits is served from there, in order, and holds up nobody in the old line."""
    with merchant_scope(shop):
        claims = of_empty_pool(2)
        old = CodePool.objects.get()
        others = verified(9, make_funnel(make_promotion(name="Other", pool=old)))
        for claim in (*claims, others):
            waiting.join_line(claim_id=claim.id, **BY)
        pool_changed(claims, pool_id=make_pool("NEW-1", name="New").id)
        filling.upload(pool_id=old.id, data=b"OLD-1", **BY)
    work(shop)
    with merchant_scope(shop):
        codes = dict(Claim.objects.values_list("id", "gift_code"))
        assert [codes[claim.id] for claim in (*claims, others)] == ["NEW-1", "", "OLD-1"]
        place = waiting.where(Claim.objects.get(id=claims[1].id))
        assert place is not None
        assert (place.pool_name, place.number) == ("New", 1)


def test_change_over_when_its_turn_comes(shop: Merchant) -> None:
    """Whoever joined the old line just before the promotion changed goes to the right one, and the others go on."""
    with merchant_scope(shop):
        claims = of_empty_pool(1)
        old, new = CodePool.objects.get(), make_pool(name="New")
        others = verified(9, make_funnel(make_promotion(name="Other", pool=old)))
        for claim in (*claims, others):
            waiting.join_line(claim_id=claim.id, **BY)
        Promotion.objects.filter(id=claims[0].promotion_id).update(pool_id=new.id)
        filling.upload(pool_id=old.id, data=b"OLD-1", **BY)
    work(shop)
    with merchant_scope(shop):
        assert Claim.objects.get(id=others.id).gift_code == "OLD-1"
        assert Waiting.objects.get().pool_id == new.id


def test_wait_for_nothing_where_no_pool_is_asked_any_more(shop: Merchant) -> None:
    with merchant_scope(shop):
        claims = of_empty_pool(1)
        waiting.join_line(claim_id=claims[0].id, **BY)
        pool_changed(claims, source="fixed", fixed_code="WELCOME10")
        claim = Claim.objects.get(id=claims[0].id)
        assert waiting.where(claim) is None
        assert ClaimChange.objects.filter(claim=claim).latest("seq").event == Event.WAIT_ENDED
        assert gifts.send_gift(claim_id=claim.id, **BY).gift_code == "WELCOME10"
