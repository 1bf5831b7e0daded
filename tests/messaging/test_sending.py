"""Sending: each message once, whatever happens on the way."""

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from config.embedded.ports import free_port
from jobs import runner
from jobs.models import Job
from jobs.states import State
from messaging.models import Message, MessageEvent, Suppression
from messaging.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging import words

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]
JobOf = Callable[[Message], Job]


def send(merchant: Merchant) -> int:
    """Run what is due of sending."""
    return runner.run_kind(merchant.id, "message.send")


def make_due(merchant: Merchant) -> None:
    """Let every pause be over."""
    with merchant_scope(merchant):
        Job.objects.filter(state=State.DUE).update(next_at=timezone.now() - timedelta(seconds=1))


def mails(folder: Path) -> list[Any]:
    """The e-mails that were written."""
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(folder.glob("*"))
    ]


def timeline(message: Message) -> list[str]:
    """What happened to a message."""
    with merchant_scope(message.merchant_id):
        return list(MessageEvent.objects.filter(message=message).order_by("at", "id").values_list("event", flat=True))


def test_send_writes_one_mail_with_our_id(
    queue: Queue, stored: Stored, job_of: JobOf, merchant: Merchant, tmp_path: Path
) -> None:
    message = queue()

    assert send(merchant) == 1

    found = stored(message)
    assert (found.status, found.attempts, found.subject, found.provider) == (Status.SENT, 1, "Your gift", "eml")
    assert found.sent_at is not None
    assert job_of(message).state == State.DONE
    [mail] = mails(tmp_path / "mail")
    assert mail["To"] == "Jane Doe <jane@example.com>"
    assert mail["From"] == "Brew & Bloom <no-reply@claims-center.example>"
    assert mail["Message-ID"] == found.message_id_header == f"<{message.id}@claims-center.example>"
    assert "FREE-1" in mail.get_body(("plain",)).get_content()
    assert timeline(message) == ["queued", "sending", "sent"]
    assert words.heard == [("test.gift", 1, "queued"), ("test.gift", 1, "sent")]


def test_send_in_a_name_of_two_lines(queue: Queue, stored: Stored, merchant: Merchant, tmp_path: Path) -> None:
    """A line break in a header would stop every mail of the merchant."""
    Merchant.objects.filter(pk=merchant.pk).update(sender_name="Brew\r\nand Bloom")
    message = queue()
    send(merchant)
    assert stored(message).status == Status.SENT
    assert mails(tmp_path / "mail")[0]["From"] == "Brew and Bloom <no-reply@claims-center.example>"


def test_code_is_kept_out_of_our_tables(queue: Queue, merchant: Merchant, stored: Stored, job_of: JobOf) -> None:
    message = queue()
    send(merchant)

    assert "FREE-1" not in f"{stored(message).__dict__} {job_of(message).__dict__}"


def test_send_over_smtp(queue: Queue, stored: Stored, merchant: Merchant, sink: Any) -> None:
    message = queue()

    send(merchant)

    assert stored(message).status == Status.SENT
    assert [envelope.rcpt_tos for envelope in sink.taken] == [["jane@example.com"]]
    assert f"Message-ID: {message.message_id_header}".encode() in sink.taken[0].content


def test_no_longer_valid_is_not_sent(
    queue: Queue, stored: Stored, merchant: Merchant, job_of: JobOf, sink: Any
) -> None:
    message = queue(context={"gone": True})

    send(merchant)

    assert (stored(message).status, stored(message).last_error) == (Status.FAILED, "gift_withdrawn")
    assert job_of(message).state == State.DONE
    assert sink.taken == []
    assert words.heard[-1] == ("test.gift", 1, "failed")


def test_suppressed_address_is_not_written_to(queue: Queue, stored: Stored, merchant: Merchant, sink: Any) -> None:
    message = queue("Jane@Example.com")
    with merchant_scope(merchant):
        Suppression.objects.create(email_norm="jane@example.com", reason="bounced", created_at=timezone.now())

    send(merchant)

    assert (stored(message).status, stored(message).last_error) == (Status.FAILED, "suppressed_bounced")
    assert sink.taken == []


def test_broken_renderer_stops_nobody_else(queue: Queue, stored: Stored, merchant: Merchant, sink: Any) -> None:
    broken, fine = queue(context={"broken": True}), queue()

    send(merchant)

    assert (stored(broken).status, stored(fine).status) == (Status.QUEUED, Status.SENT)


def test_refused_recipient_fails_and_others_go_out(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, job_of: JobOf
) -> None:
    refused, fine = queue("nobody@example.com"), queue()

    send(merchant)

    assert (stored(refused).status, stored(refused).last_error) == (Status.FAILED, "smtp_550")
    assert job_of(refused).state == State.DONE
    assert stored(fine).status == Status.SENT


def test_busy_server_is_tried_again_with_a_pause(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, job_of: JobOf
) -> None:
    message = queue("busy@example.com")

    send(merchant)

    assert (stored(message).status, stored(message).last_error) == (Status.QUEUED, "smtp_451")
    job = job_of(message)
    assert (job.state, job.last_error) == (State.DUE, "smtp_451")
    assert job.next_at > timezone.now()


def test_server_that_is_away_costs_one_attempt_of_each(
    queue: Queue, stored: Stored, merchant: Merchant, settings: Any, job_of: JobOf
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    messages = [queue() for _number in range(3)]

    send(merchant)

    assert {stored(message).status for message in messages} == {Status.QUEUED}
    assert {job_of(message).last_error for message in messages} == {"ConnectionRefusedError"}


def test_attempts_used_up_shows_as_failed(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, job_of: JobOf
) -> None:
    message = queue("busy@example.com")
    with merchant_scope(merchant):
        Job.objects.update(max_attempts=2)

    for _attempt in range(2):
        make_due(merchant)
        send(merchant)

    assert (stored(message).status, stored(message).last_error) == (Status.FAILED, "smtp_451")
    assert job_of(message).state == State.DEAD


def test_connection_lost_after_data_is_uncertain_then_sent_again(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, job_of: JobOf
) -> None:
    message = queue()
    sink.hang_up_after_data = True

    send(merchant)

    assert stored(message).status == Status.UNCERTAIN
    assert job_of(message).next_at > timezone.now() + timedelta(seconds=115)
    assert words.heard[-1] == ("test.gift", 1, "queued")

    sink.hang_up_after_data = False
    make_due(merchant)
    with merchant_scope(merchant):
        Message.objects.update(sending_at=timezone.now() - timedelta(seconds=121))
    send(merchant)

    assert stored(message).status == Status.SENT
    assert len(sink.taken) == 2
    assert (
        len({line for envelope in sink.taken for line in envelope.content.split(b"\r\n") if b"Message-ID" in line}) == 1
    )


def test_interrupted_attempt_waits_for_a_report(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, job_of: JobOf
) -> None:
    """A worker died while sending: with a provider that may send twice, two minutes pass before the next attempt."""
    message = queue()
    with merchant_scope(merchant):
        Message.objects.update(status=Status.SENDING, sending_at=timezone.now() - timedelta(seconds=30), attempts=1)

    send(merchant)

    assert stored(message).status == Status.UNCERTAIN
    assert sink.taken == []
    job = job_of(message)
    assert job.attempts == 0
    assert timedelta(seconds=80) < job.next_at - timezone.now() < timedelta(seconds=95)


def test_interrupted_attempt_goes_out_at_once_where_the_key_is_known(
    queue: Queue, stored: Stored, merchant: Merchant, tmp_path: Path
) -> None:
    message = queue()
    with merchant_scope(merchant):
        Message.objects.update(status=Status.SENDING, sending_at=timezone.now(), attempts=1)

    send(merchant)

    assert stored(message).status == Status.SENT
    assert len(mails(tmp_path / "mail")) == 1


def test_message_that_went_out_is_not_sent_again(queue: Queue, merchant: Merchant, sink: Any, job_of: JobOf) -> None:
    """The job row may be run again; the message's own status decides."""
    message = queue()
    send(merchant)
    with merchant_scope(merchant):
        Job.objects.update(state=State.DUE, finished_at=None)

    send(merchant)

    assert len(sink.taken) == 1
    assert job_of(message).result == {"skipped": "sent"}


def test_delivery_reported_before_our_own_commit_stands(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = queue()

    def report_first(point: str) -> None:
        if point == "message.before_record":
            with merchant_scope(merchant):
                Message.objects.update(status=Status.DELIVERED, delivered_at=timezone.now())

    monkeypatch.setattr("messaging.outbox.fault", report_first)

    send(merchant)

    assert stored(message).status == Status.DELIVERED


def test_sent_is_recorded_even_when_the_lease_was_lost(
    queue: Queue, stored: Stored, merchant: Merchant, sink: Any, monkeypatch: pytest.MonkeyPatch, job_of: JobOf
) -> None:
    message = queue()

    def lose_lease(point: str) -> None:
        if point == "message.before_record":
            with merchant_scope(merchant):
                Job.objects.update(lease_token="00000000-0000-4000-8000-000000000000")

    monkeypatch.setattr("messaging.outbox.fault", lose_lease)

    send(merchant)

    assert stored(message).status == Status.SENT
    assert job_of(message).state == State.RUNNING


def test_many_messages_go_out_over_one_connection(queue: Queue, merchant: Merchant, sink: Any) -> None:
    for number in range(45):
        queue(f"customer{number}@example.com")

    assert send(merchant) == 45

    assert sorted(envelope.rcpt_tos[0] for envelope in sink.taken) == sorted(
        f"customer{number}@example.com" for number in range(45)
    )


def test_header_injection_is_refused(queue: Queue, stored: Stored, merchant: Merchant, sink: Any) -> None:
    message = queue(to_name="Jane\r\nBcc: all@example.com")

    send(merchant)

    assert stored(message).status == Status.SENT
    assert b"\nBcc:" not in sink.taken[0].content


def test_racing_workers_send_each_once(
    queue: Queue, merchant: Merchant, sink: Any, together: Callable[..., list[Any]]
) -> None:
    for number in range(30):
        queue(f"customer{number}@example.com")

    together(send, [(merchant,)] * 5)

    assert len(sink.taken) == 30
    assert len({envelope.rcpt_tos[0] for envelope in sink.taken}) == 30
