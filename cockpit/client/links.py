"""Signing in by a link in an e-mail: asking for one, sending it, and using it once."""

import uuid
from datetime import datetime, timedelta
from enum import Enum

from cockpit.client import sessions
from cockpit.client.keys import token_of
from cockpit.models import ClientSession, SignInLink
from customers.models import Customer
from customers.normalise import email_norm
from jobs.services import enqueue
from jobs.states import Priority
from messaging.errors import AddressInvalid
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.tokens import hash_of

LIFE = timedelta(minutes=15)
KIND, ORIGIN = "client.sign_in", "customer"


class Fault(Enum):
    """Why a link does not sign anybody in."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"


class LinkDead(Exception):  # noqa: N818 - reads as what is the case
    """The link does not work, and nothing was done; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def ask_for_link(*, merchant: Merchant, address: str, now: datetime) -> None:
    """Have a link sent to whoever has this address, and never say whether anybody has.

    1. Writes the link with the address as it is compared; it is good for 15 minutes from ``now`` (UTC).
    2. Puts down the job that looks for the customer.

    The same statements whoever asks: customers are not looked at here.
    """
    link = SignInLink.made_with(address=email_norm(address), requested_at=now, expires_at=now + LIFE)
    link.token_hash = hash_of(token_of(link.id, merchant.public_id))
    link.save(force_insert=True)
    enqueue(kind=KIND, payload={"link": str(link.id)}, dedupe_key=str(link.id), priority=Priority.HIGH, now=now)


def send_link(*, link_id: uuid.UUID, now: datetime) -> bool:
    """Send a link to the customer who has its address: notes whose it is, and queues the mail, once.

    Where nobody has the address, or the link is over, it is removed and False returned.
    """
    link = SignInLink.objects.select_for_update(no_key=True).filter(id=link_id).first()
    if link is None:
        return False
    customer = Customer.objects.filter(email_norm=link.address, erased_at=None).first()
    if customer is None or link.expires_at <= now or not _queue(link, customer, now=now):
        link.delete()
        return False
    link.customer = customer
    link.save(update_fields=["customer"])
    return True


def _queue(link: SignInLink, customer: Customer, *, now: datetime) -> bool:
    try:
        queue_message(
            kind="client.sign_in",
            origin=ORIGIN,
            origin_id=customer.id,
            customer_id=customer.id,
            to_address=customer.email,
            to_name=customer.name,
            context={"link": str(link.id)},
            actor=Actor.customer(customer.id),
            now=now,
            once_key=f"{KIND}:{link.id}",
        )
    except AddressInvalid:
        return False
    return True


def customer_behind(*, token: str, now: datetime) -> Customer:
    """Return whom a link would sign in; changes nothing. Raises LinkDead."""
    link = SignInLink.objects.select_related("customer").filter(token_hash=hash_of(token)).first()
    customer: Customer | None = link.customer if link else None
    if link is None or customer is None or customer.erased_at is not None:
        raise LinkDead(Fault.UNKNOWN)
    _check(link, now)
    return customer


def use_link(*, token: str, device: str, now: datetime) -> ClientSession:
    """Sign in by a link, once.

    1. Locks the customer's links, in the order of their ids, and looks at this one again.
    2. Notes on all of them that they were used: a link that was asked for earlier works no more.
    3. Begins a session.

    Raises LinkDead.
    """
    found = SignInLink.objects.filter(token_hash=hash_of(token)).first()
    if found is None or found.customer_id is None:
        raise LinkDead(Fault.UNKNOWN)
    links = SignInLink.objects.select_for_update(no_key=True).filter(customer_id=found.customer_id).order_by("id")
    link = next((row for row in links if row.id == found.id), None)
    if link is None:
        raise LinkDead(Fault.UNKNOWN)
    _check(link, now)
    customer = Customer.objects.filter(id=found.customer_id, erased_at=None).first()
    if customer is None:
        raise LinkDead(Fault.UNKNOWN)
    SignInLink.objects.filter(customer_id=customer.id, used_at=None).update(used_at=now)
    return sessions.begin(customer=customer, device=device, now=now)


def _check(link: SignInLink, now: datetime) -> None:
    if link.used_at is not None:
        raise LinkDead(Fault.USED)
    if link.expires_at <= now:
        raise LinkDead(Fault.EXPIRED)
