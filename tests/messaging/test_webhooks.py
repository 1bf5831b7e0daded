"""Providers' reports come in: real shapes are taken, forged and unreadable ones are not."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from messaging.models import Message
from messaging.states import Status
from tenancy.models import Merchant
from tests.messaging import words
from tests.messaging.reports import (
    PASSWORD,
    SNS,
    amazon,
    apply_reports,
    mailgun,
    post,
    postmark,
    resend,
    sendgrid,
)

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]


@pytest.fixture(autouse=True)
def secret(settings: Any) -> None:
    """The password in the hooks' addresses."""
    settings.ANYMAIL = {"WEBHOOK_SECRET": PASSWORD}


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
