"""Acts on many responses: each comes out as the single act would have it, and the preview said so before."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from jobs.bulk import choosing
from jobs.bulk.outcomes import CHANGED, DONE, OUTSIDE
from jobs.bulk.preview import preview
from ledger import checks
from ledger.services import backdated
from offers.bulk.kit import RESPONSES
from offers.bulk.outcomes import NEEDS_END, SOLD_OUT
from offers.checks import check_responses
from offers.errors import Refused
from offers.models import BulkAct, BulkKind, OfferChange, OfferResponse, OfferStock
from offers.services import closing, using
from offers.states import Event, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.offers.bulking import Shelf, begun, by, done, drafted, outcomes_of, run, written

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
STATES = {
    "plain": ("pending", "clipped", "processing", "shipping", "completed", "expired", "canceled", "reserved"),
    "coded": ("pending", "completed", "late_pending"),
    "clip": ("pending",),
    "limited": ("canceled", "late_expired"),
    "passed": ("pending",),
    "later": ("pending",),
    "days": ("pending",),
}
REASON = {"reason": "Because"}
SINGLE: dict[str, Callable[..., Any]] = {
    "clip": using.clip,
    "process": using.start_processing,
    "ship": using.ship,
    "complete": using.complete,
    "expire": closing.expire,
    "cancel": closing.cancel,
    "reopen": closing.reopen,
    "reverse": closing.reverse,
}


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def every_state(shelf: Shelf) -> dict[str, OfferResponse]:
    return {f"{kind}-{state}": shelf.row(kind, state) for kind, states in STATES.items() for state in states}


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        return check_responses(merchant.id) == [] and checks.run(merchant.id).findings == []


@pytest.mark.parametrize("act", BulkKind.values)
def test_come_out_as_the_single_act_would(merchant: Merchant, shelf: Shelf, act: str) -> None:
    with merchant_scope(merchant):
        one_by_one, together = every_state(shelf), every_state(shelf)
        foreseen = preview(kit=RESPONSES, bulk=drafted(act, together.values()), given={}, now=timezone.now())
        late = {"expires_at": make.soon(days=3)} if act == "reopen" else {}
        why = {} if act == "clip" else REASON
        for row in one_by_one.values():
            try:
                with transaction.atomic():
                    SINGLE[act](response_id=row.id, **by(), **why, **late)
            except Refused:
                pass
        given = why | {name: value.isoformat() for name, value in late.items()}
        bulk = begun(act, together.values(), **given)

    bulk = run(merchant, bulk)

    with merchant_scope(merchant):
        for name, row in together.items():
            found, wanted = written(row), written(one_by_one[name])
            for one in (found, wanted):
                one["history"] = [(*line[:6], sorted(line[6])) for line in one["history"]]
            assert found == wanted, name
    counted = Counter(outcomes_of(merchant, bulk).values())
    assert (bulk.state, bulk.done) == ("done", counted.pop(DONE))
    assert foreseen.will_do == bulk.done > 0
    assert {group.outcome: group.number for group in foreseen.skips} == dict(counted)
    assert sound(merchant)


def test_reopen_without_a_new_end_skips_what_has_passed(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        kept, late = shelf.row("coded", "canceled"), shelf.row("limited", "late_expired")
        draft = drafted("reopen", [kept, late])
        assert preview(kit=RESPONSES, bulk=draft, given={}, now=timezone.now()).sums == {"late": 1}

    bulk = done(merchant, "reopen", [kept, late], reason="Came back", expires_at="")

    assert outcomes_of(merchant, bulk) == {kept.id: DONE, late.id: NEEDS_END}


def test_canceling_gives_places_back_and_reopening_takes_what_is_there(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rare = make.offer(total_limit=3, member_limit=1)
        rows = [make.give(rare) for _number in range(3)]
    done(merchant, "cancel", rows, reason="By mistake")
    with merchant_scope(merchant):
        assert OfferStock.objects.get(offer=rare).taken == 0
        make.give(rare)

    bulk = done(merchant, "reopen", rows, reason="Not by mistake")

    assert Counter(outcomes_of(merchant, bulk).values()) == {DONE: 2, SOLD_OUT: 1}
    with merchant_scope(merchant):
        assert OfferStock.objects.get(offer=rare).taken == 3
    assert sound(merchant)


def test_reversing_after_the_end_leaves_it_expired(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        then = make.soon(minutes=-5)
        with backdated(at=then):
            row = make.give(make.offer(), now=then, expires_at=make.soon(minutes=-1))
            using.complete(response_id=row.id, **make.by(reference="4711", now=then))

    done(merchant, "reverse", [row], reason="Wrong card")

    with merchant_scope(merchant):
        found = make.fresh(row)
        assert (found.status, found.status_before, found.reference) == (Status.EXPIRED, Status.PENDING, "")
        assert OfferChange.objects.get(event=Event.REVERSED).detail == {"reference": "4711"}
    assert sound(merchant)


def test_skip_and_name_what_somebody_changed_since(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(3)]
        bulk = begun("complete", rows)
        using.clip(response_id=rows[1].id, **by())

    bulk = run(merchant, bulk)

    assert (bulk.done, outcomes_of(merchant, bulk)[rows[1].id]) == (2, CHANGED)


def test_run_the_filters_again_on_the_server(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        kept, left = shelf.row(), shelf.row()
        bulk = begun("clip", query=f"offer={shelf.offers['plain'].id}&status=pending")
        # A change that has no version: the row leaves the filter nevertheless.
        OfferResponse.objects.filter(id=left.id).update(offer=shelf.offers["days"])

    bulk = run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {kept.id: DONE, left.id: OUTSIDE}


def test_days_in_the_filters_are_the_merchants(merchant: Merchant, shelf: Shelf) -> None:
    """Noon in Greenwich is two in the morning of the next day on the Line Islands."""
    Merchant.objects.filter(id=merchant.id).update(time_zone="Pacific/Kiritimati")
    with merchant_scope(merchant):
        row = shelf.row()
        OfferResponse.objects.filter(id=row.id).update(issued_at=datetime(2026, 11, 10, 12, tzinfo=UTC))
        with timezone.override("Pacific/Kiritimati"):
            bulk = begun("clip", query="issued_from=2026-11-11&issued_to=2026-11-11")

    assert run(merchant, bulk).outcomes == {DONE: 1}


def test_begin_once_however_often_the_button_is_pressed(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        bulk = begun("clip", [shelf.row()])
        second = choosing.start(kit=RESPONSES, bulk_id=bulk.id, given={}, **by())
        assert (second.job_id, BulkAct.objects.count()) == (bulk.job_id, 1)
    assert run(merchant, bulk).done == 1
    assert run(merchant, bulk).done == 1
    with merchant_scope(merchant):
        assert OfferChange.objects.get(event=Event.CLIPPED).actor == str(make.STAFF)


def test_ship_with_one_carrier(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row(state="processing") for _number in range(2)]

    done(merchant, "ship", rows, carrier=" UPS ", reason="")

    with merchant_scope(merchant):
        assert {(make.fresh(row).status, make.fresh(row).carrier) for row in rows} == {(Status.SHIPPING, "UPS")}
