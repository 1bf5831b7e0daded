"""Putting a claim's details right: address, order number, shipping."""

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from claims_center.errors import Incomplete, NotAllowed
from claims_center.matching import number_of
from claims_center.models import Claim
from claims_center.search import write_words
from claims_center.services.base import ORIGIN, keep, locked
from claims_center.services.gifts import check_address, send_again
from claims_center.services.marks import compare_anew
from claims_center.services.numbers import hold_numbers
from claims_center.services.rechecks import recheck_later, recheck_siblings
from claims_center.states import Event, Status
from customers.models import Customer
from customers.normalise import email_norm
from customers.services import update_contact
from messaging.services import hold as hold_mails
from tenancy.actors import Actor

ADDRESS = ("name", *Customer.ADDRESS)
LONGEST_NUMBER = 120


def correct_email(
    *,
    claim_id: uuid.UUID,
    email: str,
    actor: Actor,
    now: datetime,
    reason: str = "",
    send: bool = True,
    even_processed: bool = False,
) -> Claim:
    """Correct the address that a claim's gift goes to, and send the gift again where it was sent.

    1. Locks the mails if one is to be sent, the customer, then the claim. The same address changes nothing.
    2. Corrects the customer's own record too, unless another customer has this address already.
    3. Writes address, search words and history; with ``send`` and a gift that was given, queues its mail with the
       next number (claim.email_corrected). A mail still waiting for the old address will not go out.

    Raises Incomplete for what is no address, AddressUnusable where mail to it came back before, NotAllowed for a
    processed claim (unprocess it first; ``even_processed`` is for a mail that came back afterwards).
    """
    address = _checked_email(email)
    if send:
        hold_mails(origin=ORIGIN, origin_id=claim_id)
    customer = _locked_customer(claim_id)
    claim = locked(claim_id=claim_id)
    if claim.customer_email == address:
        return claim
    if not even_processed:
        _refuse_processed(claim)
    _correct_customer(customer, address, actor=actor, reason=reason)
    claim.customer_email = address
    if send and claim.is_gift_issued and not claim.is_physical:
        check_address(email=address)
        fields = ("customer_email",)
        send_again(claim=claim, event=Event.EMAIL_CORRECTED, reason=reason, fields=fields, actor=actor, now=now)
    else:
        keep(claim=claim, event=Event.EMAIL_CORRECTED, fields=["customer_email"], actor=actor, now=now, reason=reason)
    write_words(claim=claim)
    compare_anew(claim=claim, now=now)
    return claim


def update_address(*, claim_id: uuid.UUID, address: dict[str, str], actor: Actor, now: datetime) -> Claim:
    """Change where a physical gift goes: `name` and the columns of a customer's address.

    Locks the claim, writes address and history (which fields, not what). The same address changes nothing. Raises
    NotAllowed for a processed claim: unprocess it first.
    """
    claim = locked(claim_id=claim_id)
    wanted = clean_address(address=address)
    changed = sorted(name for name in ADDRESS if claim.ship_to.get(name, "") != wanted[name])
    if not changed:
        return claim
    _refuse_processed(claim)
    claim.ship_to = wanted
    keep(claim=claim, event=Event.ADDRESS_CHANGED, fields=["ship_to"], actor=actor, now=now, detail={"fields": changed})
    compare_anew(claim=claim, now=now)
    return claim


def update_shipping(*, claim_id: uuid.UUID, carrier: str, tracking_number: str, actor: Actor, now: datetime) -> Claim:
    """Change carrier and tracking number, with history. The same ones change nothing.

    Raises NotAllowed for a digital gift, and for a processed claim: unprocess it first.
    """
    claim = locked(claim_id=claim_id)
    wanted = (carrier.strip(), tracking_number.strip())
    if (claim.carrier, claim.tracking_number) == wanted:
        return claim
    _refuse_processed(claim)
    if not claim.is_physical:
        raise NotAllowed(_("A gift that is sent by e-mail has no carrier."))
    claim.carrier, claim.tracking_number = wanted
    keep(
        claim=claim,
        event=Event.SHIPPING_CHANGED,
        fields=["carrier", "tracking_number"],
        actor=actor,
        now=now,
        detail={"carrier": claim.carrier, "tracking_number": claim.tracking_number},
    )
    return claim


def correct_order_number(
    *, claim_id: uuid.UUID, order_number: str, actor: Actor, now: datetime, reason: str = ""
) -> Claim:
    """Put right what the customer typed as order number, and have it checked again by a job.

    1. Holds the number, so that two claims with the same one see each other; then locks the claim.
    2. Writes number, search words and history. The same number changes nothing.
    3. Has this claim, and those that had the old number, checked again.

    Raises NotAllowed for a processed or rejected claim.
    """
    typed = " ".join(order_number.replace("\x00", "").split())[:LONGEST_NUMBER]
    norm = number_of(typed)
    marketplace = Claim.objects.values_list("marketplace", flat=True).get(id=claim_id)
    turns = hold_numbers(numbers=[(marketplace, norm)])
    claim = locked(claim_id=claim_id)
    if claim.order_number == typed:
        return claim
    if claim.status in (Status.PROCESSED, Status.REJECTED):
        raise NotAllowed(_("The order number of this claim stays as it is."))
    recheck_siblings(claim=claim, now=now)
    before = claim.order_number
    claim.order_number, claim.order_number_norm, claim.matched_order = typed, norm, None
    claim.number_turn = turns.get((marketplace, norm), 0)
    keep(
        claim=claim,
        event=Event.ORDER_CORRECTED,
        fields=["order_number", "order_number_norm", "number_turn", "matched_order"],
        actor=actor,
        now=now,
        reason=reason,
        detail={"from": before, "to": typed},
    )
    write_words(claim=claim)
    recheck_later(claim_ids=[claim.id], now=now)
    return claim


def clean_address(*, address: dict[str, str]) -> dict[str, str]:
    """Return an address with every part, trimmed, the country in capitals, and nothing else."""
    found = {name: " ".join(str(address.get(name) or "").replace("\x00", "").split())[:200] for name in ADDRESS}
    return found | {"country": found["country"].upper()[:2]}


def _checked_email(email: str) -> str:
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError as error:
        raise Incomplete("email", _("“%(email)s” is not an e-mail address."), email=address) from error
    return address


def _locked_customer(claim_id: uuid.UUID) -> Customer:
    """Hold the claim's customer: before the claim, as submitting does."""
    customer_id = Claim.objects.values_list("customer_id", flat=True).get(id=claim_id)
    found: Customer = Customer.objects.select_for_update(no_key=True).get(id=customer_id)
    return found


def _correct_customer(customer: Customer, address: str, *, actor: Actor, reason: str) -> None:
    if customer.email_norm == email_norm(address):
        return
    if Customer.objects.filter(email_norm=email_norm(address)).exists():
        return
    try:
        with transaction.atomic():
            update_contact(customer=customer, values={"email": address}, actor=actor, reason=reason)
    except IntegrityError:
        # Another customer has taken the address at this moment: both records stay as they are.
        return


def _refuse_processed(claim: Claim) -> None:
    if claim.status == Status.PROCESSED:
        raise NotAllowed(_("The claim is processed. Unprocess it before you change it."))
