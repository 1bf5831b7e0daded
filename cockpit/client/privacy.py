"""A customer's wish to be forgotten: asking, taking it back, and what the staff decide."""

import uuid
from datetime import datetime

from cockpit.client import sessions
from cockpit.models import ErasureRequest, ErasureState, SignInLink
from customers.models import Customer
from customers.services import erase
from tenancy.actors import Actor
from tenancy.audit import audit

LONGEST = 500


class AlreadyDecided(Exception):  # noqa: N818 - reads as what is the case
    """Somebody has decided about it meanwhile, or the customer has taken it back."""


def open_request(*, customer_id: uuid.UUID) -> ErasureRequest | None:
    """Return the customer's wish that waits for the staff."""
    rows = ErasureRequest.objects.filter(customer_id=customer_id, state=ErasureState.WAITING)
    found: ErasureRequest | None = rows.first()
    return found


def last_request(*, customer_id: uuid.UUID) -> ErasureRequest | None:
    """Return the customer's latest wish, whatever became of it."""
    rows = ErasureRequest.objects.filter(customer_id=customer_id)
    found: ErasureRequest | None = rows.order_by("-requested_at", "-id").first()
    return found


def ask_erasure(*, customer: Customer, note: str, now: datetime) -> ErasureRequest:
    """Put a customer's wish before the staff, audited; while one waits, asking again changes nothing."""
    row = ErasureRequest.made_with(
        customer=customer, customer_name=customer.name[:254], note=note.strip()[:LONGEST], requested_at=now
    )
    ErasureRequest.objects.bulk_create([row], ignore_conflicts=True)
    found = ErasureRequest.objects.get(customer=customer, state=ErasureState.WAITING)
    if found.id == row.id:
        audit(action="erasure.asked", actor=Actor.customer(customer.id), target=("customer", customer.id))
    return found


def withdraw_erasure(*, customer: Customer, now: datetime) -> bool:
    """Take the wish back, audited; False where none waits."""
    rows = ErasureRequest.objects.filter(customer=customer, state=ErasureState.WAITING)
    if not rows.update(state=ErasureState.WITHDRAWN, decided_at=now, decided_by=str(Actor.customer(customer.id))):
        return False
    audit(action="erasure.withdrawn", actor=Actor.customer(customer.id), target=("customer", customer.id))
    return True


def decide_erasure(
    *, request_id: uuid.UUID, state: ErasureState, answer: str, actor: Actor, now: datetime
) -> ErasureRequest:
    """Do what the staff decided (DONE or DECLINED), and keep the answer; audited.

    1. Locks the request. 2. DONE: forgets the customer in every room (`customers.services.erase`). 3. Writes the
    decision. Who was declined reads the answer on the profile page.

    Raises AlreadyDecided, ErasureRequest.DoesNotExist.
    """
    found: ErasureRequest = ErasureRequest.objects.select_for_update(no_key=True).get(id=request_id)
    if found.state != ErasureState.WAITING:
        raise AlreadyDecided
    if state == ErasureState.DONE:
        erase(customer_id=found.customer_id, actor=actor, now=now)
    found.state, found.answer = state, answer.strip()[:LONGEST]
    found.decided_at, found.decided_by = now, str(actor)
    found.save(update_fields=["state", "answer", "decided_at", "decided_by"])
    audit(
        action=f"erasure.{state.value}",
        actor=actor,
        target=("customer", found.customer_id),
        after={"request": str(found.id)},
    )
    return found


def forget(*, customer_id: uuid.UUID) -> int:
    """Forget a customer here: ends the sessions, removes the links, blanks what was written in wishes.

    Returns how many rows were touched. Whoever erases a person calls this with the other rooms.
    """
    touched = sessions.end_all(customer_id=customer_id)
    touched += int(SignInLink.objects.filter(customer_id=customer_id).delete()[0])
    wishes = ErasureRequest.objects.filter(customer_id=customer_id)
    return touched + int(wishes.update(customer_name="", note="", answer=""))
