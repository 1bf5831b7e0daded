"""The worker dies in the middle of a bulk act, or two have it at once: it goes on, and doubles nothing."""

import contextlib
import signal
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from claims_center.bulk import running, services
from claims_center.bulk.outcomes import CHANGED, DONE, NOT_REACHED
from claims_center.errors import NotAllowed, Refused
from claims_center.models import BulkAct, BulkRow, BulkSelection, Claim, ClaimChange
from claims_center.services import desk, processing, verdicts
from claims_center.states import Event
from codes.models import Code
from jobs.models import Job
from jobs.run import JobRun
from jobs.runner import run_one
from jobs.states import State
from ledger import checks
from ledger.models import Entry, Grant
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, again, begun, done, let_leases_pass, outcomes_of, run, undone
from tests.claims_center.factories import STAFF
from tests.messaging.workers import run_worker

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
NUMBER = 9
POINTS = ["jobs.claimed", "bulk.worked", "bulk.before_commit", "bulk.committed", "jobs.handled"]
EVENTS = {"send_gift": Event.GIFT_SENT, "process": Event.PROCESSED, "verify": Event.VERIFIED}
Together = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three claims a transaction, so that nine are three batches."""
    monkeypatch.setattr(running, "BATCH", 3)


@pytest.fixture
def shop(merchant: Merchant) -> Shop:
    with merchant_scope(merchant):
        return Shop()


def count(event: str) -> dict[str, int]:
    return {
        "entries": Entry.objects.filter(event=event).count(),
        "changes": ClaimChange.objects.filter(event=event).count(),
        "rows": BulkRow.objects.filter(outcome=DONE).count(),
    }


@pytest.mark.slow
@pytest.mark.parametrize("act", ["send_gift", "process"])
@pytest.mark.parametrize("point", POINTS)
def test_go_on_where_it_was_killed(merchant: Merchant, shop: Shop, act: str, point: str) -> None:
    with merchant_scope(merchant):
        kind = "pool" if act == "send_gift" else "item"
        claims = [shop.claim("verified", kind) for _number in range(NUMBER)]
        bulk = begun(act, claims)
    nth = 2 if point.startswith("bulk.") else 1

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": f"sigkill@{nth}"})
    halfway = again(merchant, bulk)
    let_leases_pass(merchant)
    ended = run_worker()

    bulk = again(merchant, bulk)
    assert (killed, ended) == (-signal.SIGKILL, 0)
    assert halfway.position in {0, 3, 6, 9}
    assert (bulk.state, bulk.position, bulk.done) == ("done", NUMBER, NUMBER)
    with merchant_scope(merchant):
        assert count(EVENTS[act]) == {"entries": NUMBER, "changes": NUMBER, "rows": NUMBER}
        sent = NUMBER if act == "send_gift" else 0
        assert Message.objects.filter(kind="claim.gift").count() == sent
        assert (Code.objects.filter(state="taken").count(), Grant.objects.count()) == (sent, NUMBER)
    assert checks.run(merchant.id).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("point", ["bulk.worked", "bulk.committed"])
def test_go_on_undoing_where_it_was_killed(merchant: Merchant, shop: Shop, point: str) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "item") for _number in range(NUMBER)]
    bulk = done(merchant, "process", claims)
    with merchant_scope(merchant):
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        services.start(bulk_id=undo.id, given={}, actor=STAFF, now=timezone.now())

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": "sigkill@2"})
    let_leases_pass(merchant)
    run_worker()

    assert killed == -signal.SIGKILL
    assert (again(merchant, undo).done, again(merchant, undo).state) == (NUMBER, "done")
    with merchant_scope(merchant):
        assert Entry.objects.filter(event=Event.UNPROCESSED).count() == NUMBER
        assert set(Claim.objects.values_list("status", flat=True)) == {"verified"}
    assert checks.run(merchant.id).findings == []


def test_share_nothing_between_two_workers(merchant: Merchant, shop: Shop, together: Together) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool") for _number in range(NUMBER)]
        bulk = begun("send_gift", claims)

    outcomes = together(lambda: run_one(merchant.id, bulk.job_id), [()] * 4)  # type: ignore[arg-type]

    assert sorted(outcome.value for outcome in outcomes) == [False, False, False, True]
    check_sent_once(merchant)


def test_leave_the_work_to_who_holds_it_now(merchant: Merchant, shop: Shop) -> None:
    """A worker that was away so long that another one took over commits nothing."""
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool") for _number in range(NUMBER)]
        bulk = begun("send_gift", claims)
    slow = taken_over(merchant, bulk)

    with pytest.raises(Exception, match="lease was lost"):
        running.go_on(slow)

    assert again(merchant, bulk).position == NUMBER
    check_sent_once(merchant)


def taken_over(merchant: Merchant, bulk: BulkAct) -> JobRun:
    """The run of a worker whose lease ran out after its first batch; another one has done everything since."""
    found: list[JobRun] = []

    def first_only(job: JobRun) -> bool:
        found.append(job)
        return running.go_on(job) and False

    from claims_center.bulk import handlers  # noqa: PLC0415 - patched here

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(handlers, "go_on", first_only)
        patch.setattr("jobs.runner._settle", lambda _runs: None)
        run(merchant, bulk)
    let_leases_pass(merchant)
    run(merchant, bulk)
    return found[0]


def check_sent_once(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        assert count(Event.GIFT_SENT) == {"entries": NUMBER, "changes": NUMBER, "rows": NUMBER}
        assert (Message.objects.count(), Code.objects.filter(state="taken").count()) == (NUMBER, NUMBER)
    assert checks.run(merchant.id).findings == []


def test_let_people_work_on_the_same_claims(merchant: Merchant, shop: Shop, together: Together) -> None:
    """Four people, each from another end, and two bulk acts over the same claims: nobody waits for ever."""
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool") for _number in range(NUMBER)]
        acts = [begun("send_gift", claims), begun("reject", list(reversed(claims)), reason="Wrong campaign")]

    def person(order: list[Claim], act: Callable[[Claim], Any]) -> int:
        done_ones = 0
        for claim in order:
            # What is refused is refused in words; anything else is a failure of this caller.
            with contextlib.suppress(Refused), merchant_scope(merchant):
                act(claim)
                time.sleep(0.01)
                done_ones += 1
        return done_ones

    by: dict[str, Any] = {"actor": STAFF, "now": timezone.now()}
    jobs = [(lambda bulk=bulk: run_one(merchant.id, bulk.job_id),) for bulk in acts]
    people = [
        (lambda: person(claims, lambda one: verdicts.reject(claim_id=one.id, reason="No", **by)),),
        (lambda: person(claims[::-1], lambda one: desk.assign(claim_id=one.id, user_id=None, **by)),),
        (lambda: person(claims[::-1], lambda one: processing.mark_processed(claim_id=one.id, **by)),),
        (lambda: person(claims[3:] + claims[:3], lambda one: verdicts.unverify(claim_id=one.id, **by)),),
    ]
    outcomes = together(lambda act: act(), [*jobs, *people])

    assert [outcome.error for outcome in outcomes] == [None] * 6
    for bulk in acts:
        assert (again(merchant, bulk).state, len(outcomes_of(merchant, bulk))) == ("done", NUMBER)
    with merchant_scope(merchant):
        assert Entry.objects.filter(event=Event.GIFT_SENT).count() == Message.objects.filter(kind="claim.gift").count()
    assert checks.run(merchant.id).findings == []


def test_send_mails_while_an_act_goes_over_their_claims(merchant: Merchant, shop: Shop, together: Together) -> None:
    """The outbox holds mails and then claims, an undo of sending as well: neither waits for the other for ever."""
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "pool") for _number in range(NUMBER)]
    bulk = done(merchant, "send_gift", claims)
    with merchant_scope(merchant):
        undo = services.draft_undo(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        undo = services.start(bulk_id=undo.id, given={}, actor=STAFF, now=timezone.now())
        other = begun("process", claims)
    from jobs.runner import run_kind  # noqa: PLC0415 - beside its use

    work = [
        (lambda: run_one(merchant.id, undo.job_id),),  # type: ignore[arg-type]
        (lambda: run_kind(merchant.id, "message.send"),),
        (lambda: run_one(merchant.id, other.job_id),),  # type: ignore[arg-type]
    ]
    outcomes = together(lambda act: act(), work)

    assert [outcome.error for outcome in outcomes] == [None] * 3
    with merchant_scope(merchant):
        stopped = Message.objects.filter(status="skipped").count()
        assert stopped == Claim.objects.filter(grant__isnull=True).count()
    assert checks.run(merchant.id).findings == []


def test_stop_in_the_middle_and_name_the_rest(merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(NUMBER)]
        bulk = begun("verify", claims)
    from claims_center.bulk import handlers  # noqa: PLC0415 - patched here

    def stopping(job: JobRun) -> bool:
        more = running.go_on(job)
        with merchant_scope(merchant):
            services.stop(bulk_id=bulk.id, actor=STAFF, now=timezone.now())
        return more

    monkeypatch.setattr(handlers, "go_on", stopping)
    run(merchant, bulk)
    monkeypatch.setattr(handlers, "go_on", running.go_on)
    bulk = again(merchant, bulk)
    assert (bulk.state, bulk.done, bulk.position) == ("stopped", 3, 3)
    with merchant_scope(merchant):
        rest = Job.objects.get(kind="claims.bulk_rest")
        assert Job.objects.get(kind="claims.bulk").state == State.CANCELLED

    run_one(merchant.id, rest.id)

    assert Counter(outcomes_of(merchant, bulk).values()) == {DONE: 3, NOT_REACHED: 6}
    with merchant_scope(merchant):
        assert not BulkSelection.objects.exists()
        assert Counter(Claim.objects.values_list("status", flat=True)) == {"verified": 3, "new": 6}


def test_let_one_refusal_break_nothing_else(merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger refuses one voucher: that claim is named, the others of its batch are done."""
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "fixed", sent=True) for _number in range(4)]
        # Somebody used the voucher past the claim: nothing in the claim's own columns says so.
        claim = claims[1]
        from ledger.services import draw  # noqa: PLC0415 - what no room does

        draw(
            unit="VOUCHER",  # type: ignore[arg-type]
            amount=1,
            grant_id=claim.grant_id,
            event="claim.processed",
            origin="claim",
            origin_id=claim.id,
            customer_id=claim.customer_id,
            actor=STAFF,
            key="by hand",
        )

    bulk = done(merchant, "process", claims)

    letters = outcomes_of(merchant, bulk)
    assert [letters[one.id] for one in claims] == [DONE, "x", DONE, DONE]
    with merchant_scope(merchant):
        assert BulkRow.objects.get(outcome="x").reason == "This has been used up."


def changed_by_somebody(merchant: Merchant, shop: Shop) -> tuple[BulkAct, Claim]:
    """A preview to unprocess a claim that somebody has unprocessed, and processed again, since."""
    with merchant_scope(merchant):
        claim = shop.claim("processed", "item")
        bulk = begun("unprocess", [claim])
        by: dict[str, Any] = {"claim_id": claim.id, "actor": STAFF, "now": timezone.now()}
        processing.unprocess(**by)
        processing.mark_processed(**by)
    return bulk, claim


def test_skip_and_name_what_changed_since_the_preview(merchant: Merchant, shop: Shop) -> None:
    bulk, claim = changed_by_somebody(merchant, shop)

    run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {claim.id: CHANGED}
    with merchant_scope(merchant):
        assert Entry.objects.filter(event=Event.UNPROCESSED).count() == 1


def test_notice_when_nobody_looks_at_the_version(
    merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the look at the version the claim is taken back twice."""
    bulk, _claim = changed_by_somebody(merchant, shop)
    monkeypatch.setattr(running, "is_changed", lambda _claim, _one: False)

    run(merchant, bulk)

    with merchant_scope(merchant):
        assert Entry.objects.filter(event=Event.UNPROCESSED).count() == 2


def test_notice_when_a_batch_does_not_count_itself(
    merchant: Merchant, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were results and position not written with the claims, a batch would be done again."""
    with merchant_scope(merchant):
        claims = [shop.claim("processed", "item") for _number in range(3)]
        bulk = begun("unprocess", claims)
    noted: list[int] = []

    def forgetful(bulk: BulkAct, rows: Any, number: int) -> None:
        noted.append(number)
        # Whoever had them before processes them again, as if by hand; the act has forgotten that it was there.
        if len(noted) == 1:
            for claim in claims:
                processing.mark_processed(claim_id=claim.id, actor=STAFF, now=timezone.now())
        else:
            bulk.position = NUMBER
            bulk.save(update_fields=["position"])

    monkeypatch.setattr(running, "_note", forgetful)
    monkeypatch.setattr(running, "is_changed", lambda _claim, _one: False)
    run(merchant, bulk)

    with merchant_scope(merchant):
        assert Entry.objects.filter(event=Event.UNPROCESSED).count() == 6


def test_undo_against_somebody_who_is_at_the_same_claims(merchant: Merchant, shop: Shop, together: Together) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("verified", "item") for _number in range(NUMBER)]
    bulk = done(merchant, "process", claims)

    def somebody() -> None:
        for claim in reversed(claims):
            with contextlib.suppress(NotAllowed), merchant_scope(merchant):
                processing.mark_delivered(claim_id=claim.id, actor=STAFF, now=timezone.now())

    outcomes = together(lambda act: act(), [(lambda: undone(merchant, bulk),), (somebody,)])

    assert [outcome.error for outcome in outcomes] == [None, None]
    with merchant_scope(merchant):
        rows = dict(BulkRow.objects.filter(bulk__undoes__isnull=False).values_list("claim_id", "outcome"))
        for claim in Claim.objects.all():
            assert (claim.status == "verified") == (rows[claim.id] == DONE)
    assert checks.run(merchant.id).findings == []
