"""Providers' reports in their real shapes, and a way to post them."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from datetime import timedelta
from typing import Any

from django.test import RequestFactory
from django.utils import timezone

from jobs import runner
from jobs.models import Job
from messaging.hooks import TrackingHook
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

PASSWORD = "hook:secret-of-the-hook"
NOW = "2026-11-21T20:00:00Z"


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
