"""Queueing, sending again, correcting addresses."""

import contextlib
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from jobs import runner
from jobs.models import Job
from messaging import services
from messaging.errors import AddressInvalid, AddressSuppressed, StillWaiting
from messaging.models import Message, Suppression
from messaging.render import mail
from messaging.states import Status
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.messaging import words

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]
BY = Actor.user(uuid.uuid4())


def resend(message: Message, **given: Any) -> Message:
    """Send again, in a transaction of its own."""
    values: dict[str, Any] = {"reason": "not arrived", "actor": BY, "now": timezone.now()} | given
    with merchant_scope(message.merchant_id):
        return services.resend(message_id=message.id, **values)


def correct(message: Message, to_address: str, **given: Any) -> Message:
    """Correct the address and send again."""
    values: dict[str, Any] = {"reason": "typing error", "actor": BY, "now": timezone.now()} | given
    with merchant_scope(message.merchant_id):
        return services.correct_and_resend(message_id=message.id, to_address=to_address, **values)


def set_status(message: Message, status: str) -> None:
    """Put a message into a status."""
    with merchant_scope(message.merchant_id):
        Message.objects.filter(id=message.id).update(status=status)


def count(merchant: Merchant) -> int:
    """How many messages there are."""
    with merchant_scope(merchant):
        return Message.objects.count()


def test_queue_writes_row_and_job_together(queue: Queue, merchant: Merchant) -> None:
    message = queue(to_name="Jane\n Doe")

    with merchant_scope(merchant):
        job = Job.objects.get()
    assert (job.kind, job.payload, job.state) == ("message.send", {"message": str(message.id)}, "due")
    assert (message.seq, message.status, message.to_name) == (1, Status.QUEUED, "Jane Doe")


def test_queue_rolled_back_leaves_nothing(merchant: Merchant, queue: Queue) -> None:
    with contextlib.suppress(KeyError), merchant_scope(merchant):
        queue()
        raise KeyError

    with merchant_scope(merchant):
        assert (Message.objects.count(), Job.objects.count()) == (0, 0)


def test_queue_numbers_the_messages_of_a_document(queue: Queue) -> None:
    claim = uuid.uuid4()

    assert [queue(origin_id=claim, kind=kind).seq for kind in ("test.gift", "test.note", "test.gift")] == [1, 2, 3]


def test_queue_with_key_is_one_message(queue: Queue, merchant: Merchant) -> None:
    first, second = queue(once_key="claim:7:gift:1"), queue(once_key="claim:7:gift:1")

    assert first.id == second.id
    assert count(merchant) == 1


def test_queue_at_once_for_one_document_numbers_each(
    queue: Queue, together: Callable[..., list[Any]], merchant: Merchant
) -> None:
    claim = uuid.uuid4()

    outcomes = together(lambda: queue(origin_id=claim).seq, [()] * 8)

    assert sorted(outcome.value for outcome in outcomes) == list(range(1, 9))


def test_queue_at_once_with_one_key_is_one_message(
    queue: Queue, together: Callable[..., list[Any]], merchant: Merchant
) -> None:
    outcomes = together(lambda: queue(once_key="claim:7:gift:1").id, [()] * 8)

    assert len({outcome.value for outcome in outcomes}) == 1
    assert count(merchant) == 1


@pytest.mark.parametrize("address", ["", "jane", "jane@", "jane@example.com\nBcc: x@example.com", "a b@example.com"])
def test_queue_refuses_what_is_no_address(queue: Queue, address: str, merchant: Merchant) -> None:
    with pytest.raises(AddressInvalid):
        queue(address)
    assert count(merchant) == 0


@pytest.mark.parametrize("status", [Status.QUEUED, Status.SENDING])
def test_resend_waits_for_the_first(queue: Queue, status: str, merchant: Merchant) -> None:
    message = queue()
    set_status(message, status)

    with pytest.raises(StillWaiting):
        resend(message)
    assert count(merchant) == 1


def test_resend_is_a_new_message_with_reason_and_person(queue: Queue, merchant: Merchant, stored: Stored) -> None:
    message = queue()
    runner.run_kind(merchant.id, "message.send")

    again = resend(message)

    assert (again.seq, again.follows, again.reason, again.actor) == (2, message.id, "not arrived", str(BY))
    assert again.message_id_header != message.message_id_header
    assert stored(message).status == Status.SENT
    with merchant_scope(merchant):
        assert AuditEvent.objects.get(action="message.sent_again").target_id == message.id


def test_resend_pressed_ten_times_at_once_is_one_message(
    queue: Queue, merchant: Merchant, together: Callable[..., list[Any]]
) -> None:
    message = queue()
    set_status(message, Status.FAILED)
    op = str(uuid.uuid4())

    outcomes = together(lambda: resend(message, op=op).id, [()] * 10)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert len({outcome.value for outcome in outcomes}) == 1
    assert count(merchant) == 2


def test_resend_of_uncertain_ends_the_old_one(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue()
    set_status(message, Status.UNCERTAIN)

    resend(message)

    assert (stored(message).status, stored(message).last_error) == (Status.FAILED, "replaced")
    assert ("test.gift", 1, "failed") in words.heard
    runner.run_kind(merchant.id, "message.send")
    assert stored(message).status == Status.FAILED


def test_resend_to_closed_address_is_refused_until_lifted(queue: Queue, merchant: Merchant) -> None:
    message = queue()
    set_status(message, Status.BOUNCED)
    with merchant_scope(merchant):
        Suppression.objects.create(email_norm="jane@example.com", reason="bounced", created_at=timezone.now())

    with pytest.raises(AddressSuppressed):
        resend(message)

    with merchant_scope(merchant):
        lift: dict[str, Any] = {
            "email": "JANE@example.com",
            "reason": "mailbox is back",
            "actor": BY,
            "now": timezone.now(),
        }
        assert services.lift_suppression(**lift)
        assert not services.lift_suppression(**lift)
        assert AuditEvent.objects.filter(action="suppression.lifted").count() == 1
    assert resend(message).seq == 2


def test_corrected_address_is_told_and_written_to(queue: Queue, merchant: Merchant, settings: Any) -> None:
    message = queue("jane@exmaple.com")
    set_status(message, Status.BOUNCED)

    again = correct(message, " jane@example.com ")

    assert (again.to_address, again.seq, again.reason) == ("jane@example.com", 2, "typing error")
    assert words.corrected == [(str(message.id), "jane@example.com")]


def test_corrected_address_must_be_one(queue: Queue, merchant: Merchant) -> None:
    message = queue()
    set_status(message, Status.BOUNCED)

    with pytest.raises(AddressInvalid):
        correct(message, "not an address")
    assert count(merchant) == 1


def test_events_cannot_be_changed(queue: Queue, merchant: Merchant) -> None:
    queue()
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with merchant_scope(merchant), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_messageevent SET event = 'opened'")


def test_mail_is_escaped_and_carries_name_and_colour(merchant: Merchant) -> None:
    merchant.name, merchant.accent = "Brew & <b>Bloom</b>", "#aa3300"

    rendered = mail("messaging/mail/base", {}, subject="Your\ngift\r\nis here", merchant=merchant)

    assert rendered.subject == "Your gift is here"
    assert "Brew &amp; &lt;b&gt;Bloom&lt;/b&gt;" in rendered.html
    assert "#aa3300" in rendered.html
    assert "Brew & <b>Bloom</b>" in rendered.text
    assert "style=" not in rendered.html
