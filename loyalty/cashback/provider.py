"""What a provider of cashback does for us, whoever it is.

Only the body of an answer decides, never its HTTP status. One order keeps one order id for ever: it is the provider's
idempotency key. Where an answer is missing the status is asked for under that id; nothing is sent under another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

# name -> the class that speaks to it, and what people call it.
PROVIDERS = {"paytm": ("loyalty.cashback.paytm.PayTM", "PayTM")}


class Verdict(models.TextChoices):
    """What has become of a transfer."""

    SUCCESS = "success", _("Paid")
    FAILURE = "failure", _("Failed")
    PENDING = "pending", _("Pending")
    # The provider does not know the order: it never arrived there.
    UNKNOWN = "unknown", _("Unknown")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid: an amount in major units to a phone number, under an id that never changes."""

    order_id: str
    amount: Decimal
    phone: str
    callback_url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider says of an order. ``transaction_id`` is its own, where the money has moved."""

    verdict: Verdict
    code: str
    message: str
    transaction_id: str = ""


class CallbackRefused(Exception):  # noqa: N818 - reads as what is the case
    """A message that is not signed by the provider, or not about an order."""


class Account(Protocol):
    """With what we sign in at the provider; the key is in the clear."""

    base_url: str
    merchant_code: str
    wallet: str
    key: str


class Provider(Protocol):
    """One provider, on one merchant's account. Calls raise `tenancy.outbound`'s NotSent and NoAnswer."""

    def __init__(self, account: Account) -> None: ...

    def transfer(self, order: Order) -> Answer:
        """Ask for the payment of an order."""

    def query(self, order_id: str) -> Answer:
        """Ask what has become of an order."""

    def read_callback(self, headers: Mapping[str, str], body: bytes) -> tuple[str, Answer]:
        """Return the order id and the answer of a callback. Raises CallbackRefused."""


def provider_for(name: str, account: Account) -> Provider:
    """Return a provider by its name. Raises KeyError for an unknown one."""
    made: Provider = import_string(PROVIDERS[name][0])(account)
    return made
