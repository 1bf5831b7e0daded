"""Taking a bulk act back: what it says it restores is as it was, the rest is named."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims_center.bulk import outcomes, services
from claims_center.bulk.acts import given_of
from claims_center.bulk.preview import preview
from claims_center.errors import NotAllowed
from claims_center.models import BulkAct, BulkKind, Claim, ClaimChange
from claims_center.services import desk, gifts
from claims_center.states import Event
from codes.models import Code
from jobs.models import Job
from jobs.states import State
from ledger import checks
from ledger.models import Entry
from messaging.models import Message
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, again, done, facts_of, outcomes_of, undone
from tests.claims_center.factories import STAFF

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
# What tells of the writing, and runs on.
RUNS_ON = ("version", "gift_seq")
BACK = {
    "verify": Event.UNVERIFIED,
    "send_gift": Event.GIFT_WITHDRAWN,
    "process": Event.UNPROCESSED,
    "unprocess": Event.PROCESSED,
    "reject": Event.REOPENED,
    "assign": Event.ASSIGNED,
}
BY: dict[str, Any] = {"actor": STAFF}


@pytest.fixture
def shop(merchant: Merchant) -> Shop:
    with merchant_scope(merchant):
        return Shop()


def member(merchant: Merchant, name: str) -> User:
    user = User.objects.create_user(f"{name.lower()}@brew-bloom.example", name=name)
    Membership.objects.create(merchant=merchant, user=user, role=Role.AGENT)
    return user


@pytest.fixture
def ada(merchant: Merchant) -> User:
    return member(merchant, "Ada")


@pytest.fixture
def ben(merchant: Merchant) -> User:
    return member(merchant, "Ben")


def desk_full(act: str, shop: Shop, ben: User) -> list[Claim]:
    """Claims to which this act can be done, from every state that it takes."""
    asked = shop.claim("needs_info")
    found = {
        "verify": [shop.claim(), asked, shop.claim("new", "item"), shop.claim("new", attention="answered")],
        "send_gift": [shop.claim("verified", kind) for kind in ("pool", "pool", "fixed", "file")],
        "process": [
            shop.claim("verified", "item"),
            shop.claim("verified", "item", carrier="UPS"),
            shop.claim("verified", "pool", sent=True),
            shop.claim("verified", "file", sent=True, delivery_status="opened"),
        ],
        "unprocess": [shop.claim("processed", kind) for kind in ("item", "pool", "fixed")],
        "reject": [shop.claim(), asked, shop.claim("verified"), shop.claim("verified", "item")],
        "assign": [shop.claim(), shop.claim("processed", assignee=ben, assignee_name=str(ben))],
    }
    return found[act]


@pytest.mark.parametrize("act", BulkKind.values)
def test_restore_every_row_in_full(merchant: Merchant, shop: Shop, ada: User, ben: User, act: str) -> None:
    with merchant_scope(merchant):
        claims = desk_full(act, shop, ben)
        free = Code.objects.filter(state="free").count()
        before = {claim.id: facts_of(claim.id, but=RUNS_ON) for claim in claims}
    bulk = done(merchant, act, claims, user=str(ada.id), reason="Too many")
    with merchant_scope(merchant):
        after = {claim.id: facts_of(claim.id, but=RUNS_ON) for claim in claims}
    assert (bulk.done, [after[one] != before[one] for one in before]) == (len(claims), [True] * len(claims))

    undo = undone(merchant, bulk)

    assert (undo.done, undo.skipped, undo.state) == (len(claims), 0, "done")
    with merchant_scope(merchant):
        found = {claim.id: facts_of(claim.id, but=RUNS_ON) for claim in claims}
        again_made = ("processed_entry_id", "grant_id") if act == "unprocess" else ()
        for claim in claims:
            differ = {name for name in before[claim.id] if found[claim.id][name] != before[claim.id][name]}
            assert differ <= set(again_made)
            if act == "unprocess":
                check_processed_again(claim, before[claim.id])
        assert Code.objects.filter(state="free").count() == free
        for claim in claims:
            last = ClaimChange.objects.filter(claim_id=claim.id).order_by("-seq")[0]
            assert (last.event, last.actor) == (BACK[act], str(STAFF))
            assert (last.entry_id is None) == (act == "assign")
            if last.entry_id and act != "unprocess":
                assert Entry.objects.get(id=last.entry_id).reverses_id is not None
    assert checks.run(merchant.id).findings == []


def check_processed_again(claim: Claim, before: dict[str, Any]) -> None:
    """Only what stands in the ledger is new: an entry of its own, and of a shipped gift the voucher."""
    now = Claim.objects.get(id=claim.id)
    assert now.processed_entry_id != before["processed_entry_id"]
    assert (now.grant_id != before["grant_id"]) == claim.is_physical
    assert (now.processed_at, now.processed_by) == (before["processed_at"], before["processed_by"])


def test_leave_alone_and_name_what_somebody_changed_since(merchant: Merchant, shop: Shop, ada: User) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(3)]
    bulk = done(merchant, "verify", claims)
    with merchant_scope(merchant):
        desk.assign(claim_id=claims[1].id, user_id=ada.id, now=timezone.now(), **BY)
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        said = preview(bulk=undo, given=given_of(undo))
    assert (said.will_do, [(one.outcome, one.number) for one in said.skips]) == (2, [(outcomes.CHANGED, 1)])
    assert said.skips[0].examples == [claims[1]]

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo)[claims[1].id] == outcomes.CHANGED
    with merchant_scope(merchant):
        assert [Claim.objects.get(id=claim.id).status for claim in claims] == ["new", "verified", "new"]


def test_stop_only_mails_that_still_wait(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool") for _number in range(4)]
    bulk = done(merchant, "send_gift", claims)
    with merchant_scope(merchant):
        for claim, status in zip(claims, ("sent", "sending", "uncertain"), strict=False):
            Message.objects.filter(origin_id=claim.id).update(status=status)
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        said = preview(bulk=undo, given=given_of(undo))
    assert (said.will_do, [(one.outcome, one.number) for one in said.skips]) == (1, [(outcomes.MAIL_WENT, 3)])

    undone(merchant, bulk)

    with merchant_scope(merchant):
        held = [Claim.objects.get(id=claim.id).grant_id is not None for claim in claims]
        assert held == [True, True, True, False]
        assert Message.objects.get(origin_id=claims[3].id).status == "skipped"
        assert Code.objects.filter(state="taken").count() == 3
        again_sent = gifts.send_gift(claim_id=claims[3].id, now=timezone.now(), **BY)
        # A new mail, not the one that was stopped.
        assert Message.objects.filter(origin_id=again_sent.id, status="queued").count() == 1
    assert checks.run(merchant.id).findings == []


def test_say_that_a_gift_taken_back_does_not_come_back(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        sent, plain = shop.claim("verified", "pool", sent=True), shop.claim("verified", "pool")
    bulk = done(merchant, "reject", [sent, plain], reason="Wrong campaign")
    with merchant_scope(merchant):
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        said = preview(bulk=undo, given=given_of(undo))
    assert [(one.outcome, one.number) for one in said.skips] == [(outcomes.GIFT_GONE, 1)]

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {sent.id: outcomes.GIFT_GONE, plain.id: outcomes.DONE}
    with merchant_scope(merchant):
        assert [Claim.objects.get(id=one.id).status for one in (sent, plain)] == ["rejected", "verified"]
        assert Code.objects.get(holder_id=sent.id).state == "burnt"


def test_not_give_claims_back_to_somebody_who_has_left(merchant: Merchant, shop: Shop, ada: User, ben: User) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim(assignee=ben, assignee_name="Ben"), shop.claim()]
    bulk = done(merchant, "assign", claims, user=str(ada.id))
    Membership.objects.filter(user=ben).delete()

    undo = undone(merchant, bulk)

    assert outcomes_of(merchant, undo) == {claims[0].id: outcomes.HAS_LEFT, claims[1].id: outcomes.DONE}


def test_undo_once_however_often_it_is_asked(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(2)]
    bulk = done(merchant, "verify", claims)
    first = undone(merchant, bulk)
    with merchant_scope(merchant):
        second = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        services.start(bulk_id=second.id, given={}, actor=STAFF, now=timezone.now())
        assert (second.id, BulkAct.objects.count(), Job.objects.filter(kind="claims.bulk").count()) == (first.id, 2, 2)
        assert ClaimChange.objects.filter(event=Event.UNVERIFIED).count() == 2
        with pytest.raises(NotAllowed, match="not undone again"):
            services.draft_undo(bulk_id=first.id, actor=STAFF, now=timezone.now())


def test_refuse_after_half_an_hour_even_a_preview_that_is_open(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim()]
    bulk = done(merchant, "verify", claims)
    assert bulk.undo_until is not None
    late = bulk.undo_until + timedelta(seconds=1)
    with merchant_scope(merchant):
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=bulk.undo_until - timedelta(seconds=1))
        with pytest.raises(NotAllowed, match="half hour"):
            services.start(bulk_id=undo.id, given={}, actor=STAFF, now=late)
        BulkAct.objects.filter(id=undo.id).delete()
        with pytest.raises(NotAllowed, match="half hour"):
            services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=late)


def test_refuse_while_it_is_at_work_or_did_nothing(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        verified = shop.claim("verified")
    bulk = done(merchant, "verify", [verified])
    with merchant_scope(merchant):
        with pytest.raises(NotAllowed, match="Nothing was done"):
            services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        BulkAct.objects.filter(id=bulk.id).update(state="running")
        with pytest.raises(NotAllowed, match="still at work"):
            services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())


def test_undo_what_was_done_before_it_was_stopped(
    merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claims_center.bulk.running.BATCH", 2)
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(5)]
    bulk = stopped_after_a_batch(merchant, claims, monkeypatch)

    undo = undone(merchant, bulk)

    assert (bulk.state, bulk.done, undo.done) == ("stopped", 2, 2)
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("status", flat=True)) == {"new"}


def stopped_after_a_batch(merchant: Merchant, claims: list[Claim], monkeypatch: pytest.MonkeyPatch) -> BulkAct:
    from claims_center.bulk import handlers, running  # noqa: PLC0415 - patched here
    from tests.claims_center.bulking import begun, run  # noqa: PLC0415

    with merchant_scope(merchant):
        bulk = begun("verify", claims)

    def stopping(job: Any) -> bool:
        more = running.go_on(job)
        with merchant_scope(merchant):
            services.stop(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        return more

    monkeypatch.setattr(handlers, "go_on", stopping)
    run(merchant, bulk)
    with merchant_scope(merchant):
        assert Job.objects.get(kind="claims.bulk").state == State.CANCELLED
    return again(merchant, bulk)
