"""Taking imports back: what nobody has touched goes, everything else stays and says why."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Order
from codes.models import Code
from codes.services import take
from customers.models import Customer
from exports import undoing
from exports.models import ImportRow, ImportRun
from exports.retention import remove_old_lines
from jobs.models import Job
from ledger import checks
from ledger.models import Entry
from ledger.selectors import usable_balance
from ledger.units import Unit
from loyalty.imports.point_rows import Points
from loyalty.models import LoyaltySettings, PointAdjustment, Purchase
from loyalty.services import adjustments
from loyalty.states import AdjustmentState
from offers.models import OfferResponse
from offers.services import using
from offers.states import Status
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.claims_center import factories as claims
from tests.claims_pages.factories import path
from tests.exports.importing import act, brought, named, run_at, sent, taken_back, told, work
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.support.counting import queries_of
from tests.support.keeping import keep

POINTS = "reference,card_number,points,reason\n"
ORDERS = "order_number,marketplace,ordered_at,sku\n"


@pytest.fixture(autouse=True)
def books(merchant: Merchant) -> Iterator[None]:
    """After each test the merchant's books agree."""
    yield
    assert checks.run(merchant.id).findings == []


def balance(who: Customer) -> int:
    return usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())


def members(*cards: str) -> list[Customer]:
    return [loyalty.customer(card_number=card) for card in cards]


def test_take_points_back_by_reversing_their_entries(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        ann, bea = members("C-1", "C-2")
        loyalty.points(bea, 50)
    run = brought(admin, merchant, POINTS + "A,C-1,100,Sorry\nB,C-2,-20,Twice\n", dataset="points")
    with merchant_scope(merchant):
        assert (balance(ann), balance(bea), run.added) == (100, 30, 2)
    done = taken_back(admin, merchant, run)
    assert (done.undo_state, done.undone, done.not_undone) == ("done", 2, 0)
    with merchant_scope(merchant):
        assert (balance(ann), balance(bea)) == (0, 50)
        assert set(PointAdjustment.objects.values_list("state", flat=True)) == {AdjustmentState.UNDONE}
        assert Entry.objects.filter(reverses__isnull=False).count() == 2


def test_leave_spent_points_with_who_spent_them(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        ann, bea = members("C-1", "C-2")
        loyalty.points(ann, 500)
    run = brought(admin, merchant, POINTS + "A,C-1,100,Sorry\nB,C-2,100,Sorry\n", dataset="points")
    with merchant_scope(merchant):
        loyalty.take(loyalty.reward(cost_in_points=60), bea)
    page = admin.get(path(merchant, "imports", run.id, "undo"))
    assert (page.context["found"].can, page.context["found"].cannot) == (1, 1)
    assert "Some of these points were spent" in page.content.decode()
    done = taken_back(admin, merchant, run)
    with merchant_scope(merchant):
        assert (balance(ann), balance(bea), done.undone, done.not_undone) == (500, 40, 1, 1)
    assert [line[2] for line in told(merchant, run)] == ["b", "x"]


def test_let_points_over_the_limit_wait_for_a_second_person(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        (ann,) = members("C-1")
        LoyaltySettings.made_with(approval_above=150).save()
    text = POINTS + "A,C-1,100,Sorry\nB,C-1,100,Sorry\nC,C-1,-10,Twice\n"
    run = brought(admin, merchant, text, dataset="points")
    with merchant_scope(merchant):
        # One member's rows count together: a large sum cut into small rows passes nobody.
        states = dict(PointAdjustment.objects.values_list("op_key", "state"))
        assert states == {"import:A": "done", "import:B": "waiting", "import:C": "waiting"}
        assert balance(ann) == 100
        waiting = PointAdjustment.objects.get(op_key="import:B")
        adjustments.approve(adjustment_id=waiting.id, actor=loyalty.SYSTEM, now=timezone.now())
        assert balance(ann) == 200
    assert [line[3] for line in told(merchant, run)] == ["", "Waits for a second person.", "Waits for a second person."]
    taken_back(admin, merchant, run)
    with merchant_scope(merchant):
        assert (balance(ann), PointAdjustment.objects.exclude(state=AdjustmentState.UNDONE).count()) == (0, 0)


def test_bring_points_in_once_and_refuse_what_was_taken_back(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        (ann,) = members("C-1")
    text = POINTS + "A,C-1,100,Sorry\n"
    run = brought(admin, merchant, text, dataset="points")
    again = brought(admin, merchant, text, dataset="points")
    with merchant_scope(merchant):
        assert (balance(ann), again.added, again.skipped) == (100, 0, 1)
    taken_back(admin, merchant, run)
    late = named(admin, merchant, sent(admin, merchant, text, dataset="points"))
    assert (late.state, "Use another reference" in late.problems[0]["reason"]) == ("refused", True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,C-1,-101,Twice", "has only 100 points"),
        ("A,C-1,0,Nothing", "no number of points"),
        ("A,C-1,1.5,Half", "no number of points"),
        ("A,C-1,10,", "reason is missing"),
        ("A,C-9,10,Who", "No customer has the card number"),
        (",C-1,10,Why", "reference is missing"),
        ("A,C-1,10,Why\nA,C-1,20,Why", "stands twice"),
    ],
)
def test_refuse_points_that_cannot_be(admin: Client, merchant: Merchant, line: str, reason: str) -> None:
    with merchant_scope(merchant):
        (ann,) = members("C-1")
        loyalty.points(ann, 100)
    run = named(admin, merchant, sent(admin, merchant, f"{POINTS}{line}\n", dataset="points"))
    assert (run.state, reason in run.problems[0]["reason"]) == ("refused", True)
    with merchant_scope(merchant):
        assert (balance(ann), PointAdjustment.objects.count()) == (100, 0)


def test_take_purchases_back_with_their_points(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=1).save()
        ann, bea = members("C-1", "C-2")
    text = "reference,card_number,amount,occurred_at\nP-1,C-1,12.00,2026-01-05\nP-2,C-2,30.00,2026-01-05\nP-3,C-1,0,2026-01-05\n"
    run = brought(admin, merchant, text, dataset="purchases")
    with merchant_scope(merchant):
        loyalty.take(loyalty.reward(cost_in_points=1), bea)
    done = taken_back(admin, merchant, run)
    with merchant_scope(merchant):
        assert (balance(ann), balance(bea), done.undone) == (0, 29, 2)
        rows = Purchase.objects.order_by("reference").values_list("returned_amount", "points_returned", "returns")
        assert [(int(row[0]), row[1], row[2] is not None) for row in rows] == [
            (12, 12, True),
            (0, 0, False),
            (0, 0, False),
        ]


@pytest.mark.django_db(transaction=True)
def test_forget_members_whom_nobody_has_touched(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        loyalty.customer(card_number="C-0", first_name="Old")
    text = "card_number,first_name,email\nC-0,New,\nC-1,Ann,ann@example.com\nC-2,Bea,\nC-3,Cora,\n"
    run = brought(admin, merchant, text, dataset="members")
    with merchant_scope(merchant):
        loyalty.points(Customer.objects.get(card_number="C-2"), 10)
        Customer.objects.filter(card_number="C-3").update(city="Leeds")
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (1, 3)
    assert [(line[1], line[2]) for line in told(merchant, run)] == [("c", "x"), ("a", "b"), ("a", "x"), ("a", "x")]
    with merchant_scope(merchant):
        assert set(Customer.objects.filter(erased_at=None).values_list("card_number", flat=True)) == {
            "C-0",
            "C-2",
            "C-3",
        }
        assert not Customer.objects.filter(email_norm="ann@example.com").exists()
    # The same person can come anew.
    anew = brought(admin, merchant, text, dataset="members")
    assert (anew.added, anew.skipped) == (1, 3)


def test_remove_orders_that_no_claim_names(admin: Client, merchant: Merchant) -> None:
    numbers = [f"112-000000{n}-0000001" for n in range(3)]
    text = ORDERS + "".join(f"{number},amazon,2026-11-0{n + 1},S\n" for n, number in enumerate(numbers))
    run = brought(admin, merchant, text, dataset="orders")
    with merchant_scope(merchant):
        claims.make_claim(order_number=numbers[0])
    brought(
        admin,
        merchant,
        text.replace(f"{numbers[1]},amazon,2026-11-02", f"{numbers[1]},amazon,2026-10-02"),
        dataset="orders",
    )
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (1, 2)
    with merchant_scope(merchant):
        assert set(Order.objects.values_list("number", flat=True)) == set(numbers[:2])
    whys = [line[3] for line in told(merchant, run)]
    assert ("claim names" in whys[0], "later file" in whys[1]) == (True, True)


def test_take_codes_back_that_nobody_had(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        pool = claims.make_pool("OLD-0001")
    text = "voucher\nB-0001\nB-0002\nOLD-0001\n"
    run = brought(admin, merchant, text, dataset="codes", fixed_pool=pool.name)
    assert (run.added, run.skipped) == (2, 1)
    with merchant_scope(merchant):
        given = [
            take(pool_id=pool.id, origin="elsewhere", origin_id=new_id(), now=timezone.now(), actor=Actor.system())
            for _ in range(2)
        ]
        assert given[1].value == "B-0001"
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (1, 1)
    with merchant_scope(merchant):
        assert set(Code.objects.values_list("value", flat=True)) == {"OLD-0001", "B-0001"}
    page = admin.get(path(merchant, "imports", run.id, "lines")).content.decode()
    assert "B-0001" not in page


def test_bring_statuses_back_by_the_table(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rows = [offers.give(offers.offer(name=f"Offer {n}")) for n in range(3)]
        text = "id,version,status\n" + "".join(
            f"{row.id},{row.version},{status}\n"
            for row, status in zip(rows, ("completed", "clipped", "canceled"), strict=True)
        )
    run = brought(admin, merchant, text, dataset="responses")
    assert run.changed == 3
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (2, 1)
    with merchant_scope(merchant):
        found = [OfferResponse.objects.get(id=row.id).status for row in rows]
        assert found == [Status.PENDING, Status.CLIPPED, Status.PENDING]
    assert "no way back" in told(merchant, run)[1][3]


def test_cancel_new_responses_that_wait(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        offers.offer(name="Ten off")
        for card in ("C-1", "C-2"):
            offers.member(card_number=card)
    text = "offer,card_number,issued_at\nTen off,C-1,2025-01-05\nTen off,C-2,2025-01-05\n"
    run = brought(admin, merchant, text, dataset="responses")
    with merchant_scope(merchant):
        used = OfferResponse.objects.get(customer__card_number="C-2")
        using.complete(response_id=used.id, actor=Actor.system(), now=timezone.now())
    done = taken_back(admin, merchant, run)
    assert (done.undone, done.not_undone) == (1, 1)
    with merchant_scope(merchant):
        assert set(OfferResponse.objects.values_list("status", flat=True)) == {Status.CANCELED, Status.COMPLETED}


def test_take_back_once_however_often_it_is_asked(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        (ann,) = members("C-1")
    run = brought(admin, merchant, POINTS + "A,C-1,100,Sorry\n", dataset="points")
    first, again = act(admin, merchant, run, "undo"), act(admin, merchant, run, "undo")
    assert first.job_id == again.job_id
    work(merchant, again)
    late = act(admin, merchant, run, "undo")
    assert (late.job_id, late.undone) == (first.job_id, 1)
    assert "taken back already" in admin.get(path(merchant, "imports", run.id, "undo"), follow=True).content.decode()
    with merchant_scope(merchant):
        assert (balance(ann), Job.objects.filter(kind="import.undo").count()) == (0, 1)
        assert AuditEvent.objects.filter(action="import.undone").count() == 1


def test_go_on_where_an_undo_was_killed(admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undoing, "BATCH", 1)
    with merchant_scope(merchant):
        people = members("C-1", "C-2", "C-3")
    text = POINTS + "".join(f"R{n},C-{n},100,Sorry\n" for n in (1, 2, 3))
    run = act(admin, merchant, brought(admin, merchant, text, dataset="points"), "undo")
    for point in ("undo_worked", "undo_committed"):
        monkeypatch.setenv(f"FAULT_{point}", "raise")
        with merchant_scope(merchant):
            Job.objects.filter(id__in=[run.job_id]).update(next_at=timezone.now() - timedelta(seconds=1))
        half = work(merchant, run)
        monkeypatch.delenv(f"FAULT_{point}")
    assert (half.undo_state, half.undone) == ("running", 1)
    with merchant_scope(merchant):
        Job.objects.filter(id__in=[run.job_id]).update(next_at=timezone.now() - timedelta(seconds=1))
    done = work(merchant, run)
    assert (done.undo_state, done.undone) == ("done", 3)
    with merchant_scope(merchant):
        assert [balance(one) for one in people] == [0, 0, 0]
        assert Entry.objects.filter(reverses__isnull=False).count() == 3


def test_tell_of_each_line_once_where_an_import_was_killed(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Points, "portion", 1)
    with merchant_scope(merchant):
        members("C-1", "C-2", "C-3")
    text = POINTS + "".join(f"R{n},C-{n},100,Sorry\n" for n in (1, 2, 3))
    run = act(admin, merchant, named(admin, merchant, sent(admin, merchant, text, dataset="points")), "apply")
    store = Points.store

    def killed_at_the_second(self: Points, lines: Any) -> Any:
        if lines[0][0] == 3:
            raise RuntimeError("killed")
        return store(self, lines)

    monkeypatch.setattr(Points, "store", killed_at_the_second)
    work(merchant, run)
    monkeypatch.setattr(Points, "store", store)
    with merchant_scope(merchant):
        assert ImportRow.objects.count() == 1
        Job.objects.filter(id__in=[run.job_id]).update(next_at=timezone.now() - timedelta(seconds=1))
    done = work(merchant, run)
    assert (done.added, done.skipped, [line[1] for line in told(merchant, run)]) == (3, 0, ["a", "a", "a"])


def test_offer_no_undo_once_the_lines_are_gone(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        members("C-1")
    run = brought(admin, merchant, POINTS + "A,C-1,100,Sorry\n", dataset="points")
    with merchant_scope(merchant):
        assert remove_old_lines(now=timezone.now(), limit=10) == 0
        ImportRun.objects.update(uploaded_at=timezone.now() - timedelta(days=31))
        keep(import_days=60)
        assert remove_old_lines(now=timezone.now(), limit=10) == 0
        keep(import_days=30)
        assert remove_old_lines(now=timezone.now(), limit=10) == 1
        assert ImportRow.objects.count() == 0
    page = admin.get(path(merchant, "imports", run.id)).content.decode()
    assert ("Take back" in page, "Line by line" in page) == (False, False)
    assert act(admin, merchant, run, "undo").undo_state == ""
    assert run_at(merchant, run.id).has_rows is False


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_line_as_for_three(admin: Client, merchant: Merchant, count: int) -> None:
    with merchant_scope(merchant):
        members(*(f"C-{n}" for n in range(count)))
    run = brought(admin, merchant, POINTS + "".join(f"{n},C-{n},10,Why\n" for n in range(count)), dataset="points")
    assert len(queries_of(admin, path(merchant, "imports", run.id, "lines"))) == 9
    assert len(queries_of(admin, path(merchant, "imports", run.id, "undo"))) == 9
