"""Anymail's readers of providers' reports, each made to insist on a proof of who is calling before it reads anything."""

import base64
import binascii
import hashlib
import hmac
import re
import time
from typing import Any

import requests
from anymail.exceptions import AnymailError, AnymailWebhookValidationFailure
from anymail.webhooks.amazon_ses import AmazonSESTrackingWebhookView
from anymail.webhooks.base import AnymailBaseWebhookView, AnymailBasicAuthMixin
from anymail.webhooks.mailgun import MailgunTrackingWebhookView
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from anymail.webhooks.resend import ResendTrackingWebhookView
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest

# How old a signed report may be: a recorded one cannot be played back for ever.
SIGNATURE_AGE_SECONDS = 300
SNS_ADDRESS = re.compile(r"^https://sns\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/\?[!-~]+$")


class Forged(Exception):  # noqa: N818 - reads as what it is
    """The caller did not prove to be the provider, or no proof is set up."""


class Unreadable(Exception):  # noqa: N818
    """The report is not what this provider sends."""


class Resend(ResendTrackingWebhookView):
    """Resend, its Svix signature checked here (Anymail needs a further package for that)."""

    # A name that no setting has, so that Anymail leaves the signature to us.
    _secret_setting_name = "signature_checked_here"  # noqa: S105 - a setting's name

    def validate_request(self, request: HttpRequest) -> None:
        """Check the signature, where a secret is set up for it."""
        secret = settings.ANYMAIL.get("RESEND_SIGNING_SECRET", "")
        if secret and not svix_signature_fits(request, secret):
            raise AnymailWebhookValidationFailure("Resend signature")


class AmazonSes(AmazonSESTrackingWebhookView):
    """Amazon SES through SNS, without Amazon's library: topics that the operator named are confirmed by themselves."""

    def __init__(self, **kwargs: Any) -> None:
        self.auto_confirm_enabled = False
        super(AmazonSESTrackingWebhookView.__base__, self).__init__(**kwargs)

    def validate_request(self, request: HttpRequest) -> None:
        """Refuse topics that the operator did not name."""
        if named_topics() and self._parse_sns_message(request).get("TopicArn") not in named_topics():
            raise AnymailWebhookValidationFailure("Amazon SNS topic")

    def auto_confirm_sns_subscription(self, sns_message: dict[str, Any]) -> None:
        """Say yes to a named topic that asks whether it may report here: once, after this request, at Amazon only."""
        address = str(sns_message.get("SubscribeURL", ""))
        if sns_message.get("TopicArn") in named_topics() and SNS_ADDRESS.match(address):
            transaction.on_commit(
                lambda: requests.get(address, timeout=(5, 10), allow_redirects=False), using="default", robust=True
            )


def named_topics() -> list[str]:
    """Return the SNS topics that may report, as the operator named them."""
    return [name.strip() for name in settings.ANYMAIL.get("AMAZON_SES_TOPIC_ARNS", "").split(",") if name.strip()]


READERS: dict[str, type[AnymailBaseWebhookView]] = {
    "amazon-ses": AmazonSes,
    "mailgun": MailgunTrackingWebhookView,
    "postmark": PostmarkTrackingWebhookView,
    "resend": Resend,
    "sendgrid": SendGridTrackingWebhookView,
}
# Settings that hold a provider's signing key; with none of them and no WEBHOOK_SECRET nobody can report.
SIGNING_SETTINGS = {
    "mailgun": "MAILGUN_WEBHOOK_SIGNING_KEY",
    "resend": "RESEND_SIGNING_SECRET",
    "sendgrid": "SENDGRID_TRACKING_WEBHOOK_VERIFICATION_KEY",
}


def read_report(esp: str, request: HttpRequest) -> list[Any]:
    """Return the normalised events of a provider's report; raise Forged or Unreadable.

    The password in the address, where one is set up, is checked before the body is looked at; then the signature;
    only then is the body read.
    """
    if not (settings.ANYMAIL.get("WEBHOOK_SECRET") or settings.ANYMAIL.get(SIGNING_SETTINGS.get(esp, ""))):
        raise Forged("no secret is set up")
    try:
        reader = READERS[esp]()
        AnymailBasicAuthMixin.validate_request(reader, request)
        reader.run_validators(request)
    except (AnymailWebhookValidationFailure, ImproperlyConfigured) as error:
        raise Forged(type(error).__name__) from error
    except (AnymailError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(type(error).__name__) from error
    try:
        return list(reader.parse_events(request))
    except (AnymailError, ValueError, LookupError, TypeError, AttributeError, OverflowError) as error:
        raise Unreadable(type(error).__name__) from error


def svix_signature_fits(request: HttpRequest, secret: str) -> bool:
    """Check a report signed the Svix way (also known as Standard Webhooks), not older than five minutes."""
    event_id, stamp = request.headers.get("svix-id", ""), request.headers.get("svix-timestamp", "")
    if not stamp.isdecimal() or abs(time.time() - int(stamp)) > SIGNATURE_AGE_SECONDS:
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        return False
    content = f"{event_id}.{stamp}.".encode() + request.body
    expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    given = [part.partition(",")[2] for part in request.headers.get("svix-signature", "").split()]
    return any(hmac.compare_digest(expected.encode(), one.encode()) for one in given)
