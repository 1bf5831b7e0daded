"""Providers' reports: in real shapes, in any order, as often as they like; and forged ones."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import RequestFactory
from django.utils import timezone

from jobs import runner
from jobs.models import Job
from messaging.hooks import TrackingHook
from messaging.models import InboundEvent, Message, MessageEvent, Suppression
from messaging.retention import remove_old_events
from messaging.states import OURS, REPORTED, Status, may_move
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging import words

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]
PASSWORD = "hook:secret-of-the-hook"
NOW = "2026-11-21T20:00:00Z"


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    """The password in the hooks' addresses."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD}


def post(merchant: Merchant, esp: str, body: Any, password: str = PASSWORD, **headers: Any) -> Any:
    """Post a report as a provider does, through the view and inside the merchant's scope."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    if password:
        headers["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(password.encode()).decode()
    request = RequestFactory().post(
        f"/hooks/{merchant.public_id}/mail/{esp}/", content, content_type="application/json", **headers
    )
    with merchant_scope(merchant):
        return TrackingHook.as_view()(request, esp=esp)


def apply_reports(merchant: Merchant) -> None:
    """Run the jobs that the reports put down."""
    with merchant_scope(merchant):
        Job.objects.filter(kind="message.event", state="due").update(next_at=timezone.now() - timedelta(seconds=1))
    runner.run_kind(merchant.id, "message.event")


def postmark(message: Message, record: str = "Delivery", **more: Any) -> dict[str, Any]:
    """A report in Postmark's shape."""
    times = {"Delivery": {"DeliveredAt": NOW}, "Open": {"ReceivedAt": NOW}}
    return {
        "RecordType": record,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Recipient": message.to_address,
        **times[record],
        "Details": "250 2.0.0 OK",
        "Tag": "",
        "ServerID": 23,
        "Metadata": {"message_id": str(message.id), "merchant": "x"},
    } | more


def postmark_bounce(message: Message, kind: str = "HardBounce") -> dict[str, Any]:
    """A bounce in Postmark's shape."""
    return {
        "RecordType": "Bounce",
        "ID": 4323372036854775807,
        "Type": kind,
        "TypeCode": 1,
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "Metadata": {"message_id": str(message.id)},
        "Email": message.to_address,
        "BouncedAt": NOW,
        "Description": "The server was unable to deliver your message.",
        "Details": f"smtp;550 5.1.1 <{message.to_address}> does not exist",
    }


def mailgun(message: Message, key: str, event: str = "delivered") -> dict[str, Any]:
    """A report in Mailgun's shape, signed."""
    stamp, token = str(int(time.time())), uuid.uuid4().hex
    signature = hmac.new(key.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": stamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "id": uuid.uuid4().hex,
            "timestamp": time.time(),
            "recipient": message.to_address,
            "severity": "permanent",
            "reason": "bounce",
            "message": {"headers": {"message-id": "20131118001402.23527.65891@example.com"}},
            "user-variables": {"message_id": str(message.id)},
            "delivery-status": {"code": 550, "message": "5.1.1 No such user", "description": ""},
            "tags": [],
        },
    }


def sendgrid(message: Message) -> list[dict[str, Any]]:
    """A report in SendGrid's shape."""
    return [
        {
            "email": message.to_address,
            "timestamp": int(time.time()),
            "smtp-id": "<x>",
            "event": "delivered",
            "category": [],
            "sg_event_id": "ZGVsaXZlcmVk",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            "response": "250 OK",
            "message_id": str(message.id),
        }
    ]


def resend(message: Message) -> dict[str, Any]:
    """A report in Resend's shape."""
    return {
        "type": "email.delivered",
        "created_at": NOW,
        "data": {
            "email_id": "56761188-7520-42d8-8898-ff6fc54ce618",
            "from": "a@example.com",
            "to": [message.to_address],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"message_id": str(message.id)})}],
            "subject": "Your gift",
        },
    }


def amazon(message: Message, topic: str = "arn:aws:sns:us-east-1:123456789012:mail") -> dict[str, Any]:
    """A report in the shape of Amazon SES through SNS."""
    event = {
        "eventType": "Delivery",
        "mail": {
            "messageId": "0100017-x",
            "destination": [message.to_address],
            "headers": [{"name": "X-Metadata", "value": json.dumps({"message_id": str(message.id)})}],
        },
        "delivery": {"recipients": [message.to_address], "smtpResponse": "250 2.6.0 Message received"},
    }
    return {
        "Type": "Notification",
        "MessageId": "19ba9823-d7f2-53c1-860e-cb10e0d13dfc",
        "TopicArn": topic,
        "Message": json.dumps(event),
        "Timestamp": NOW,
        "SignatureVersion": "1",
        "Signature": "x",
    }


SNS = {
    "HTTP_X_AMZ_SNS_MESSAGE_TYPE": "Notification",
    "HTTP_X_AMZ_SNS_MESSAGE_ID": "19ba9823-d7f2-53c1-860e-cb10e0d13dfc",
}


@pytest.mark.parametrize(
    ("esp", "shape", "headers"),
    [("postmark", postmark, {}), ("sendgrid", sendgrid, {}), ("resend", resend, {}), ("amazon-ses", amazon, SNS)],
)
def test_delivery_report_moves_the_message(
    queue: Queue, stored: Stored, merchant: Merchant, esp: str, shape: Any, headers: dict[str, str]
) -> None:
    message = queue()

    assert post(merchant, esp, shape(message), **headers).status_code == 200
    apply_reports(merchant)

    found = stored(message)
    assert found.status == Status.DELIVERED
    assert found.delivered_at is not None
    assert words.heard[-1] == ("test.gift", 1, "delivered")


def test_mailgun_report_needs_its_signature(queue: Queue, stored: Stored, merchant: Merchant, settings: Any) -> None:
    settings.ANYMAIL = {"MAILGUN_WEBHOOK_SIGNING_KEY": "key-1"}
    message = queue()

    assert post(merchant, "mailgun", mailgun(message, "key-2"), password="").status_code == 403
    assert post(merchant, "mailgun", mailgun(message, "key-1"), password="").status_code == 200
    apply_reports(merchant)

    assert stored(message).status == Status.DELIVERED


def test_resend_report_needs_its_signature(queue: Queue, merchant: Merchant, settings: Any) -> None:
    key = b"0123456789abcdef01234567"
    settings.ANYMAIL = {"RESEND_SIGNING_SECRET": "whsec_" + base64.b64encode(key).decode()}
    body = json.dumps(resend(queue())).encode()

    def signed(stamp: int, content: bytes = body) -> dict[str, str]:
        mark = base64.b64encode(hmac.digest(key, f"msg_1.{stamp}.".encode() + content, hashlib.sha256)).decode()
        return {"HTTP_SVIX_ID": "msg_1", "HTTP_SVIX_TIMESTAMP": str(stamp), "HTTP_SVIX_SIGNATURE": f"v1,x v1,{mark}"}

    now = int(time.time())
    assert post(merchant, "resend", body, password="").status_code == 403
    assert post(merchant, "resend", body, password="", **signed(now, b"other")).status_code == 403
    assert post(merchant, "resend", body, password="", **signed(now - 301)).status_code == 403
    assert post(merchant, "resend", body, password="", **signed(now)).status_code == 200


def test_sendgrid_report_needs_its_signature(queue: Queue, merchant: Merchant, settings: Any) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    settings.ANYMAIL = {"SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY": base64.b64encode(public).decode()}
    body, stamp = json.dumps(sendgrid(queue())).encode(), "1732219200"
    mark = base64.b64encode(private.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    headers = {
        "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_TIMESTAMP": stamp,
        "HTTP_X_TWILIO_EMAIL_EVENT_WEBHOOK_SIGNATURE": mark,
    }

    assert post(merchant, "sendgrid", body, password="").status_code == 403
    assert post(merchant, "sendgrid", body + b" ", password="", **headers).status_code == 403
    assert post(merchant, "sendgrid", body, password="", **headers).status_code == 200


def test_amazon_report_of_another_topic_is_refused(queue: Queue, merchant: Merchant, settings: Any) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD, "AMAZON_SES_TOPIC_ARNS": "arn:aws:sns:us-east-1:123456789012:mail"}
    message = queue()

    assert post(merchant, "amazon-ses", amazon(message, "arn:aws:sns:us-east-1:9:other"), **SNS).status_code == 403
    assert post(merchant, "amazon-ses", amazon(message), **SNS).status_code == 200


@pytest.mark.parametrize(
    ("topic", "address", "asked"),
    [
        ("arn:1", "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x", True),
        ("arn:2", "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=x", False),
        ("arn:1", "https://sns.eu-west-1.amazonaws.com.evil.example/?Token=x", False),
        ("arn:1", "http://127.0.0.1/?Token=x", False),
    ],
)
def test_amazon_topic_is_confirmed_where_it_was_named(
    transactional_db: None,
    merchant: Merchant,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    topic: str,
    address: str,
    asked: bool,
) -> None:
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD, "AMAZON_SES_TOPIC_ARNS": "arn:1"}
    called: list[str] = []
    monkeypatch.setattr("messaging.esp.requests.get", lambda url, **_given: called.append(url))
    body = {"Type": "SubscriptionConfirmation", "MessageId": "m", "TopicArn": topic, "SubscribeURL": address}
    headers = {"HTTP_X_AMZ_SNS_MESSAGE_TYPE": "SubscriptionConfirmation", "HTTP_X_AMZ_SNS_MESSAGE_ID": "m"}

    post(merchant, "amazon-ses", body, **headers)

    assert called == ([address] if asked else [])


def test_amazon_is_asked_for_its_password(queue: Queue, merchant: Merchant) -> None:
    answer = post(merchant, "amazon-ses", amazon(queue()), password="", **SNS)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, 'Basic realm="reports"')


@pytest.mark.parametrize("esp", ["postmark", "sendgrid", "resend"])
@pytest.mark.parametrize("password", ["", "hook:wrong"])
def test_report_without_password_is_refused_unread(merchant: Merchant, esp: str, password: str) -> None:
    assert post(merchant, esp, b"not even JSON", password=password).status_code == 403


def test_report_is_refused_where_no_secret_is_set_up(queue: Queue, merchant: Merchant, settings: Any) -> None:
    settings.ANYMAIL = {}

    assert post(merchant, "postmark", postmark(queue()), password="").status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"RecordType": 7}', b"[" * 500])
@pytest.mark.parametrize("esp", ["postmark", "sendgrid", "resend", "mailgun", "amazon-ses"])
def test_unreadable_report_is_no_server_error(merchant: Merchant, esp: str, body: bytes) -> None:
    assert post(merchant, esp, body).status_code in (200, 400, 403)


def test_unknown_provider_is_not_found(client: Any, merchant: Merchant) -> None:
    assert client.post(f"/hooks/{merchant.public_id}/mail/carrier-pigeon/").status_code == 404


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
    ends = {Status.BOUNCED, Status.COMPLAINED, Status.FAILED}
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
        assert remove_old_events(now=timezone.now() + timedelta(days=91), limit=10) == 1
        assert MessageEvent.objects.filter(message=message, event="delivered").exists()
