"""Forgetting a person: of mails stays that they were sent, when, and what became of them."""

import uuid
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from customers.models import Customer
from customers.normalise import email_norm
from messaging.models import Message
from messaging.states import WAITING, Status
from messaging.status import Move, move_all

# An address that cannot be anybody's (RFC 2606).
NOBODY = "erased@example.invalid"
FIELDS = {"to_address": NOBODY, "to_name": "", "subject": "", "context": {}, "reason": "", "handled_note": ""}


def hold(*, customer_id: uuid.UUID, addresses: Collection[str] = ()) -> list[Message]:
    """Lock the messages to a customer, and those to the customer's address or one of ``addresses``, by id.

    Call it before their documents are locked: that is the order in which messages are sent.
    """
    known = Customer.objects.filter(id=customer_id).exclude(email="").values_list("email", flat=True)
    written = {one for address in (*known, *addresses) if address for one in (address, email_norm(address))}
    rows = Message.objects.filter(Q(customer_id=customer_id) | Q(to_address__in=written))
    return list(rows.select_for_update(no_key=True).order_by("id"))


def forget(*, customer_id: uuid.UUID, addresses: Collection[str] = ()) -> int:
    """Forget a customer in the outbox; return how many messages there were.

    1. Locks the messages (see `hold`).
    2. Calls off those that have not gone out.
    3. Blanks address, name, subject and what they were written from.

    An address that was closed, and that no reminders are wanted, is remembered all the same: forgetting it would mean
    to write to it again.
    """
    messages, now = hold(customer_id=customer_id, addresses=addresses), timezone.now()
    move_all([Move(one, Status.SKIPPED, now, "erased") for one in messages if one.status in WAITING])
    Message.objects.filter(id__in=[one.id for one in messages]).update(**FIELDS)
    return len(messages)
