"""Many messages at once: each as one by itself, and only what still waits can be held back."""

import uuid
from typing import Any

from django.utils import timezone

from jobs.models import Job
from messaging.many import Draft, hold_queued, queue_many, withdraw
from messaging.models import Message, MessageEvent
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Merchant

BY = Actor.system()


def draft(document: uuid.UUID, number: int = 1, **values: Any) -> Draft:
    given: dict[str, Any] = {
        "origin_id": document,
        "kind": "test.gift",
        "once_key": f"test.gift:{document}:{number}",
        "customer_id": None,
        "to_address": "jane@example.com",
        "to_name": "Jane  Doe",
        "context": {"change": number},
    }
    return Draft(**given | values)


def queued(*drafts: Draft) -> int:
    return queue_many(drafts=drafts, origin="test", actor=BY, now=timezone.now())


def columns(message: Message) -> dict[str, Any]:
    own = ("id", "origin_id", "once_key", "message_id_header", "status_at", "queued_at", "change_xid")
    return {name: value for name, value in Message.objects.filter(id=message.id).values()[0].items() if name not in own}


def test_write_the_rows_that_one_by_itself_writes(scope: Merchant) -> None:
    documents = [uuid.uuid4() for _number in range(3)]
    single = queue_message(
        kind="test.gift",
        origin="test",
        origin_id=uuid.uuid4(),
        customer_id=None,
        to_address="jane@example.com",
        to_name="Jane  Doe",
        context={"change": 1},
        actor=BY,
        now=timezone.now(),
        once_key="single",
    )

    assert queued(*(draft(one) for one in documents)) == 3

    many = Message.objects.filter(origin_id__in=documents)
    assert [columns(message) for message in many] == [columns(single)] * 3
    assert MessageEvent.objects.filter(event="queued", moved=True).count() == 4
    for message in many:
        job = Job.objects.get(dedupe_key=str(message.id))
        assert (job.kind, job.payload, job.max_attempts) == ("message.send", {"message": str(message.id)}, 12)
        assert str(message.id) in message.message_id_header


def test_count_on_and_queue_nothing_twice(scope: Merchant) -> None:
    document, other = uuid.uuid4(), uuid.uuid4()
    assert [queued(draft(document)), queued(draft(document), draft(other)), queued()] == [1, 1, 0]
    assert queued(draft(document, 2)) == 1
    assert list(Message.objects.filter(origin_id=document).order_by("seq").values_list("seq", flat=True)) == [1, 2]
    assert Job.objects.filter(kind="message.send").count() == 3


def test_hold_back_only_what_still_waits(scope: Merchant) -> None:
    waiting, gone, again = (uuid.uuid4() for _number in range(3))
    queued(draft(waiting), draft(gone), draft(again))
    queued(draft(again, 2))
    Message.objects.filter(origin_id=gone).update(status="sending")
    Message.objects.filter(origin_id=again, seq=1).update(status="sent")

    held = hold_queued(origin="test", origin_ids=[waiting, gone, again], kind="test.gift")
    withdraw(messages=held.values(), code="gift_withdrawn", now=timezone.now())

    assert held.keys() == {waiting, again}
    found = Message.objects.order_by("status", "seq").values_list("origin_id", "seq", "status", "last_error")
    assert set(found) == {
        (waiting, 1, "skipped", "gift_withdrawn"),
        (gone, 1, "sending", ""),
        (again, 1, "sent", ""),
        (again, 2, "skipped", "gift_withdrawn"),
    }
