"""Reports are applied: in any order, as often as they like, each moving a message only where the lattice allows."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jobs import runner
from messaging.models import InboundEvent, Message, MessageEvent, Suppression
from messaging.retention import remove_old_events
from messaging.states import OURS, REPORTED, Status, may_move
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging import words
from tests.messaging.reports import PASSWORD, apply_reports, post, postmark, postmark_bounce
from tests.support.keeping import keep

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    """The password in the hooks' addresses."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD}


def test_replayed_report_changes_nothing(queue: Queue, merchant: Merchant) -> None:
    message = queue()
    for _time in range(3):
        assert post(merchant, "postmark", postmark(message)).status_code == 200
        apply_reports(merchant)

    with merchant_scope(merchant):
        assert InboundEvent.objects.count() == 1
        assert MessageEvent.objects.filter(message=message, event="delivered").count() == 1


def test_same_report_at_once_is_one_row(queue: Queue, merchant: Merchant, together: Callable[..., list[Any]]) -> None:
    body = postmark(queue())

    answers = together(post, [(merchant, "postmark", body)] * 6)

    assert [answer.value.status_code for answer in answers] == [200] * 6
    with merchant_scope(merchant):
        assert InboundEvent.objects.count() == 1


def test_report_on_another_merchants_message_is_ignored(
    queue: Queue, stored: Stored, merchant: Merchant, other_merchant: Merchant
) -> None:
    message = queue()

    assert post(other_merchant, "postmark", postmark(message)).status_code == 200
    apply_reports(other_merchant)

    assert stored(message).status == Status.QUEUED
    with merchant_scope(other_merchant):
        assert InboundEvent.objects.get().state == "ignored"


def test_report_is_matched_by_the_providers_id_too(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue()
    with merchant_scope(merchant):
        Message.objects.update(status=Status.SENT, provider_message_id="883953f4-6105-42a2-a16a-77a8eac79483")

    post(merchant, "postmark", postmark(message, Metadata={}))
    apply_reports(merchant)

    assert stored(message).status == Status.DELIVERED


def test_hard_bounce_closes_the_address(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue("Gone@example.com")

    post(merchant, "postmark", postmark_bounce(message))
    apply_reports(merchant)

    assert (stored(message).status, stored(message).last_error) == (Status.BOUNCED, "bounced 5.1.1")
    with merchant_scope(merchant):
        assert Suppression.objects.get().email_norm == "gone@example.com"
        assert "gone@" not in str(InboundEvent.objects.get().__dict__).lower()


def test_soft_bounce_leaves_the_address_open(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue()

    post(merchant, "postmark", postmark_bounce(message, "SoftBounce"))
    apply_reports(merchant)

    assert stored(message).status == Status.BOUNCED
    with merchant_scope(merchant):
        assert not Suppression.objects.exists()


def test_complaint_after_opening_closes_the_address(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue()
    post(merchant, "postmark", postmark(message, "Open"))
    post(merchant, "postmark", postmark_bounce(message, "SpamComplaint") | {"RecordType": "SpamComplaint"})
    apply_reports(merchant)

    assert stored(message).status == Status.COMPLAINED
    with merchant_scope(merchant):
        assert Suppression.objects.get().reason == "complained"


def test_reports_out_of_order_never_move_back(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    message = queue()
    post(merchant, "postmark", postmark(message, "Open", ReceivedAt="2026-11-21T20:05:00Z"))
    apply_reports(merchant)
    post(merchant, "postmark", postmark(message))
    apply_reports(merchant)

    assert stored(message).status == Status.OPENED
    with merchant_scope(merchant):
        noted = MessageEvent.objects.filter(message=message).values_list("event", "moved")
        assert set(noted) == {("queued", True), ("opened", True), ("delivered", False)}


@pytest.mark.parametrize("before", Status.values)
@pytest.mark.parametrize("after", Status.values)
def test_every_move_is_allowed_or_refused_as_the_lattice_says(before: str, after: str) -> None:
    order = ["queued", "sent", "delivered", "opened"]
    ends = {"bounced", "complained", "failed"}
    rank = {**{status: number for number, status in enumerate(order)}, "sending": 0, "uncertain": 0}
    forward = before in rank and after in order and rank[after] > rank[before]
    ended = before in rank and after in ends and not (after == "failed" and rank[before] >= 2)

    assert may_move(before, after, reported=True) == (forward or ended)


def test_no_status_is_left_out_of_the_tables() -> None:
    ends = {Status.BOUNCED, Status.COMPLAINED, Status.FAILED, Status.SKIPPED}
    reached = {after for table in (OURS, REPORTED) for afters in table.values() for after in afters}

    assert set(REPORTED) == set(Status) - ends
    assert reached == set(Status)


def test_earlier_message_of_a_document_is_history(queue: Queue, merchant: Merchant) -> None:
    """A late report on the first gift mail says nothing about the second."""
    claim = uuid.uuid4()
    first = queue(origin_id=claim)
    queue(origin_id=claim)
    post(merchant, "postmark", postmark_bounce(first))
    apply_reports(merchant)

    assert ("test.gift", 1, "bounced") not in words.heard


def test_bounce_folder_shows_bounces_and_deliveries(queue: Queue, stored: Stored, merchant: Merchant) -> None:
    """What the demo does: files instead of mails, with reports shortly after."""
    bad, good = queue("bounce+7@example.com"), queue()
    runner.run_kind(merchant.id, "message.send")
    assert stored(bad).status == Status.SENT

    apply_reports(merchant)

    assert (stored(bad).status, stored(good).status) == (Status.BOUNCED, Status.DELIVERED)


def test_old_reports_are_removed(queue: Queue, merchant: Merchant) -> None:
    message = queue()
    post(merchant, "postmark", postmark(message))
    apply_reports(merchant)
    with merchant_scope(merchant):
        assert remove_old_events(now=timezone.now() + timedelta(days=89), limit=10) == 0
        keep(report_days=180)
        assert remove_old_events(now=timezone.now() + timedelta(days=91), limit=10) == 0
        keep(report_days=90)
        assert remove_old_events(now=timezone.now() + timedelta(days=91), limit=10) == 1
        assert MessageEvent.objects.filter(message=message, event="delivered").exists()
