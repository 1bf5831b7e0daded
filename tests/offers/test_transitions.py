"""Every cell of the table of what a response may become, for tills, jobs, staff and members."""

from collections.abc import Callable
from typing import Any

import pytest

from ledger import checks
from ledger.models import Entry
from ledger.services import backdated
from offers.checks import check_responses
from offers.errors import Refused
from offers.models import OfferChange, OfferResponse
from offers.services import closing, using
from offers.states import TRANSITIONS, Event, Status
from tenancy.actors import Actor
from tenancy.models import Merchant
from tests.offers import factories as make

pytestmark = pytest.mark.django_db

VERBS: dict[Event, Callable[..., Any]] = {
    Event.CLIPPED: using.clip,
    Event.PROCESSING: using.start_processing,
    Event.SHIPPED: using.ship,
    Event.COMPLETED: using.complete,
    Event.EXPIRED: closing.expire,
    Event.CANCELED: closing.cancel,
    Event.REOPENED: closing.reopen,
    Event.REVERSED: closing.reverse,
}
# The table of the product's description, as it stands there; what is not named is refused.
TABLE: dict[Status, set[Event]] = {
    Status.PENDING: {Event.CLIPPED, Event.PROCESSING, Event.COMPLETED, Event.EXPIRED, Event.CANCELED},
    Status.CLIPPED: {Event.PROCESSING, Event.COMPLETED, Event.EXPIRED, Event.CANCELED},
    Status.PROCESSING: {Event.SHIPPED, Event.CANCELED},
    Status.SHIPPING: {Event.COMPLETED, Event.CANCELED},
    Status.EXPIRED: {Event.REOPENED},
    Status.CANCELED: {Event.REOPENED},
    Status.COMPLETED: {Event.REVERSED},
}
DOORS: dict[str, tuple[Actor, set[Event]]] = {
    "pos": (make.TILL, set(Event) - {Event.EXPIRED, Event.REOPENED}),
    "job": (Actor.system(), set(Event) - {Event.REOPENED, Event.REVERSED}),
    "admin": (make.STAFF, set(Event)),
    "member": (Actor.customer(make.STAFF.id or make.TILL.id), {Event.CLIPPED}),  # type: ignore[arg-type]
}
CELLS = [(status, event, door) for status in Status for event in VERBS for door in DOORS]


def do(event: Event, response: OfferResponse, actor: Actor, **values: Any) -> OfferResponse:
    reason = {} if event == Event.CLIPPED else {"reason": "Because"}
    done: OfferResponse = VERBS[event](response_id=response.id, **make.by(actor), **reason, **values)
    return done


@pytest.mark.parametrize(("status", "event", "door"), CELLS)
def test_table_holds(scope: Merchant, status: Status, event: Event, door: str) -> None:
    response = make.standing(status)
    actor, may_do = DOORS[door]
    is_allowed = event in TABLE[status] and event in may_do
    # Clipping what is clipped is no error: it stands as it is.
    is_replay = status == Status.CLIPPED and event == Event.CLIPPED

    if is_allowed or is_replay:
        done = do(event, response, actor)
        assert done.status == (TRANSITIONS[event].target or Status.PENDING)
        assert done.version == response.version + (not is_replay)
    else:
        with pytest.raises(Refused):
            do(event, response, actor)
        assert make.fresh(response).version == response.version
    assert check_responses(scope.id) == []


def test_declared_table_is_the_described_one() -> None:
    for status, events in TABLE.items():
        assert {event for event, row in TRANSITIONS.items() if status in row.sources} == events


WAYS = [
    [Event.CLIPPED, Event.COMPLETED, Event.REVERSED, Event.CANCELED, Event.REOPENED, Event.COMPLETED],
    [Event.PROCESSING, Event.SHIPPED, Event.COMPLETED, Event.REVERSED, Event.CANCELED, Event.REOPENED],
    [Event.EXPIRED, Event.REOPENED, Event.PROCESSING, Event.CANCELED, Event.REOPENED, Event.SHIPPED],
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("days", [None, 5])
def test_every_act_is_one_entry_and_the_books_are_right(scope: Merchant, way: list[Event], days: int | None) -> None:
    response = make.give(make.offer(days_valid=days, pool=make.pool(1)))

    for event in way:
        response = do(event, response, make.STAFF)
        assert check_responses(scope.id) == []

    assert response.version == len(way) + 1
    entries = Entry.objects.filter(origin_id=response.id).order_by("recorded_at", "id")
    assert [entry.event for entry in entries] == ["offer.issued", *[event.value for event in way]]
    changes = OfferChange.objects.filter(response=response).order_by("seq")
    assert [change.entry_id for change in changes] == [entry.id for entry in entries]
    assert [change.from_status for change in changes][1:] == [change.to_status for change in changes][:-1]
    assert checks.run(scope.id).findings == []


@pytest.mark.parametrize("event", [Event.EXPIRED, Event.CANCELED, Event.REOPENED, Event.REVERSED])
def test_staff_say_why(scope: Merchant, event: Event) -> None:
    status = next(status for status, events in TABLE.items() if event in events)
    response = make.standing(status)

    with pytest.raises(Refused) as refused:
        VERBS[event](response_id=response.id, reason="  ", **make.by(make.STAFF))

    assert refused.value.code == "reason_needed"


@pytest.mark.parametrize("event", list(VERBS))
def test_repeated_request_does_it_once(scope: Merchant, event: Event) -> None:
    status = next(status for status, events in TABLE.items() if event in events)
    response = make.standing(status)

    first = do(event, response, make.STAFF, op_key="k")
    again = do(event, response, make.STAFF, op_key="k")

    assert again.version == first.version == response.version + 1
    other = Event.CANCELED if event != Event.CANCELED else Event.CLIPPED
    with pytest.raises(Refused) as refused:
        do(other, response, make.STAFF, op_key="k")
    assert refused.value.code == "key_reused"


def test_voucher_in_shipping_has_no_end(scope: Merchant) -> None:
    response = make.give(make.offer(days_valid=1))
    response = using.start_processing(response_id=response.id, **make.by())
    OfferResponse.objects.update(expires_at=make.soon(days=-1))

    response = using.ship(response_id=response.id, carrier="UPS", tracking_number=" 1Z ", **make.by())
    done = using.complete(response_id=response.id, **make.by())

    assert (done.status, done.carrier, done.tracking_number) == (Status.COMPLETED, "UPS", "1Z")
    assert done.ship_to is not None
    assert done.ship_to["street"] == "Long Lane"
    assert check_responses(scope.id) == []


def test_reopening_after_the_end_asks_for_a_new_one(scope: Merchant) -> None:
    response = make.ended(make.give(make.offer(days_valid=3, usage_kind="after_response", usage_days=2)))
    OfferResponse.objects.update(usage_from=make.soon(days=-3), usage_to=make.soon(days=-1))

    with pytest.raises(Refused) as refused:
        do(Event.REOPENED, response, make.STAFF)
    assert refused.value.code == "new_end_needed"
    with pytest.raises(Refused):
        do(Event.REOPENED, response, make.STAFF, expires_at=make.soon(days=-1))
    until = make.soon(days=4)
    done = do(Event.REOPENED, response, make.STAFF, expires_at=until)

    # The expiry that no job had written down is written down first.
    events = list(OfferChange.objects.filter(response=response).order_by("seq").values_list("event", flat=True))
    assert events == ["offer.issued", "offer.expired", "offer.reopened"]
    assert (done.status, done.expires_at, done.usage_to) == (Status.PENDING, until, until)
    assert done.grant_id != response.grant_id
    using.complete(response_id=done.id, **make.by())
    assert check_responses(scope.id) == []
    assert checks.run(scope.id).findings == []


def test_reversing_after_the_end_leaves_it_expired(scope: Merchant) -> None:
    then = make.soon(minutes=-5)
    with backdated(at=then):
        response = make.give(make.offer(), now=then, expires_at=make.soon(minutes=-1))
        using.complete(response_id=response.id, **make.by(reference="4711", now=then))

    back = closing.reverse(response_id=response.id, reason="Wrong customer", **make.by())

    assert (back.status, back.status_before, back.completed_at, back.reference) == ("expired", "pending", None, "")
    assert OfferChange.objects.get(event=Event.REVERSED).detail == {"reference": "4711"}
    assert check_responses(scope.id) == []


def test_canceling_gives_the_place_back_and_reopening_takes_it(scope: Merchant) -> None:
    what = make.offer(total_limit=1, member_limit=1)
    first = make.give(what)
    do(Event.CANCELED, first, make.STAFF)
    second = make.give(what)

    with pytest.raises(Refused) as refused:
        do(Event.REOPENED, first, make.STAFF)
    assert refused.value.code == "sold_out"
    do(Event.CANCELED, second, make.STAFF)

    assert do(Event.REOPENED, first, make.STAFF).status == Status.PENDING
    assert check_responses(scope.id) == []
