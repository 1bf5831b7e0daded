"""A customer's claim comes in."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_center import tallies
from claims_center.checking import find_orders, results
from claims_center.errors import FunnelClosed, Incomplete, NotInFunnel
from claims_center.models import Claim, Funnel, Journey, Listing, OrderNumberRule
from claims_center.search import write_words
from claims_center.services.base import keep, memo
from claims_center.services.corrections import LONGEST_NUMBER, clean_address
from claims_center.services.marks import mark_later
from claims_center.services.notices import RECEIVED, queue_notice
from claims_center.services.rechecks import follow_up, set_outcome, take_turns
from claims_center.signals import write_traits
from claims_center.states import Delivery, Event, Status, Verification
from customers.models import Customer
from customers.services import find_or_create, update_contact
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tenancy.secrets import encrypt
from tenancy.tokens import new_token

BEST_RATING = 5
LONGEST_FEEDBACK = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInput:
    """What the funnel's page collected. `op_key` names the form: the same one again is the same claim.

    `address` has `name` and the columns of a customer's address; it is needed for a physical gift only.
    """

    funnel_id: uuid.UUID
    listing_id: uuid.UUID
    op_key: str
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    order_number: str = ""
    rating: int | None = None
    feedback: str = ""
    address: dict[str, str] = field(default_factory=dict)
    journey_id: uuid.UUID | None = None


class Submitted(NamedTuple):
    """The claim, the secret of its tracker link, and whether it had come in before."""

    claim: Claim
    token: str
    replayed: bool


def submit_claim(*, given: ClaimInput, now: datetime, actor: Actor | None = None, notify: bool = False) -> Submitted:
    """Take a customer's claim in.

    1. Answers a form that came before with its claim, whatever has happened since.
    2. Refuses a closed funnel and a product that is not its own; checks what the funnel asks for.
    3. Finds or makes the customer and holds it, then holds the order number.
    4. Writes the claim with its verification, the search words, the memo claim.submitted and the history; marks the
       customer's claims as a repeat customer's from the second on; has signals looked for by a job; ends the journey and empties its draft.
    5. Where the funnel does so by itself: verifies a Match, then sends the gift; what is refused waits for a person.
    6. With ``notify`` queues a mail with the tracker link to the customer, where the merchant has such mails sent.

    A second claim with the same order number is taken like any, and marked. Rating and feedback decide nothing.
    ``actor`` is the customer unless somebody else brings the claim in. Raises FunnelClosed, NotInFunnel, Incomplete,
    and Funnel.DoesNotExist. ``now`` is UTC.
    """
    known = _known(given)
    if known is not None:
        return Submitted(known, known.tracker_token, replayed=True)
    funnel = Funnel.objects.select_related("promotion").get(id=given.funnel_id)
    listing = _listing(funnel, given, now=now)
    check_answers(funnel=funnel, given=given)
    customer = _customer(funnel, given, actor=actor, now=now)
    # A second post of the same form waited for the first one here.
    known = _known(given)
    if known is not None:
        return Submitted(known, known.tracker_token, replayed=True)
    claim, token = _drafted(funnel, listing, customer, given, now=now)
    by = actor or Actor.customer(customer.id)
    try:
        with transaction.atomic():
            _insert(claim, actor=by, now=now)
            write_traits(claim=claim, phone=given.phone.strip() or None)
            mark_later(claim_ids=[claim.id], now=now)
    except IntegrityError:
        known = _known(given)
        if known is None:
            raise
        return Submitted(known, known.tracker_token, replayed=True)
    _end_journey(given.journey_id, now=now)
    if notify:
        queue_notice(claim=claim, kind=RECEIVED, actor=by, now=now)
    if funnel.auto_verify and claim.verification == Verification.MATCH:
        follow_up(claim_id=claim.id, now=now)
        claim = Claim.objects.get(id=claim.id)
    return Submitted(claim, token, replayed=False)


def check_answers(*, funnel: Funnel, given: ClaimInput) -> None:
    """Raise Incomplete for the first answer that is missing or wrong; a page checks the same by its form."""
    try:
        validate_email(given.email.strip())
    except ValidationError as error:
        raise Incomplete("email", _("Give an e-mail address, so that the gift can reach you.")) from error
    if funnel.order_number == OrderNumberRule.REQUIRED and not given.order_number.strip():
        raise Incomplete("order_number", _("Give the order number."))
    if given.rating is not None and not 1 <= given.rating <= BEST_RATING:
        raise Incomplete("rating", _("Choose 1 to 5 stars."))
    if len(given.feedback.strip()) < funnel.min_feedback:
        text = ngettext(
            "Write at least %(count)s character.", "Write at least %(count)s characters.", funnel.min_feedback
        )
        raise Incomplete("feedback", text, count=funnel.min_feedback)
    if funnel.promotion.is_physical:
        missing = [name for name in ("street", "city", "country") if not given.address.get(name, "").strip()]
        if missing:
            raise Incomplete(missing[0], _("Give the address that the gift is shipped to."))


def _known(given: ClaimInput) -> Claim | None:
    found: Claim | None = Claim.objects.filter(funnel_id=given.funnel_id, op_key=given.op_key).first()
    return found


def _listing(funnel: Funnel, given: ClaimInput, *, now: datetime) -> Listing:
    if not funnel.is_open(now) or funnel.promotion.archived_at is not None:
        raise FunnelClosed
    rows = Listing.objects.select_related("product").filter(
        id=given.listing_id, archived_at__isnull=True, product__archived_at__isnull=True
    )
    listing = rows.filter(product__funnel_products__funnel_id=funnel.id).first()
    if listing is None:
        raise NotInFunnel
    return listing


def _customer(funnel: Funnel, given: ClaimInput, *, actor: Actor | None, now: datetime) -> Customer:
    """Find or make the customer, and hold it: claims of one person come in one after the other."""
    found = find_or_create(
        email=given.email,
        phone=given.phone.strip()[:40],
        first_name=given.first_name.strip()[:120],
        last_name=given.last_name.strip()[:120],
        now=now,
        actor=actor or Actor.system(),
    )
    held: Customer = Customer.objects.select_for_update(no_key=True).get(id=found.id)
    # Of somebody new alone: whoever knows a member's e-mail address could have their rewards sent home otherwise.
    if funnel.promotion.is_physical and held.created_at == now and not any(held.address.values()):
        address = clean_address(address=given.address)
        values = {name: address[name] for name in Customer.ADDRESS}
        update_contact(customer=held, values=values, actor=actor or Actor.customer(held.id))
    return held


def _drafted(
    funnel: Funnel, listing: Listing, customer: Customer, given: ClaimInput, *, now: datetime
) -> tuple[Claim, str]:
    """Return the claim as it will stand, unsaved, and the secret of its tracker link."""
    token, token_hash = new_token(Merchant.objects.get(id=current_merchant_id()))
    promotion, product = funnel.promotion, listing.product
    given_name = " ".join(filter(None, (given.first_name.strip(), given.last_name.strip())))
    asked = funnel.order_number != OrderNumberRule.NONE
    claim: Claim = Claim.made_with(
        id=new_id(),
        funnel=funnel,
        product=product,
        listing=listing,
        promotion=promotion,
        customer=customer,
        journey_id=given.journey_id,
        op_key=given.op_key[:64],
        tracker_hash=token_hash,
        tracker_sealed=encrypt(token),
        marketplace=listing.marketplace,
        order_number=_plain(given.order_number)[:LONGEST_NUMBER] if asked else "",
        rating=given.rating,
        feedback=given.feedback.replace("\x00", "").strip()[:LONGEST_FEEDBACK],
        ship_to=clean_address(address={"name": given_name} | given.address) if promotion.is_physical else {},
        status=Status.NEW,
        delivery_status=Delivery.NOT_SHIPPED if promotion.is_physical else Delivery.NOT_SENT,
        submitted_at=now,
        customer_name=(given_name or customer.name)[:250],
        customer_email=given.email.strip(),
        product_title=product.title,
        funnel_name=funnel.name,
        promotion_name=promotion.name,
        promotion_kind=promotion.kind,
    )
    return claim, token


def _insert(claim: Claim, *, actor: Actor, now: datetime) -> None:
    found = find_orders([claim])
    take_turns(claims=[claim], found=found)
    set_outcome(claim=claim, hit=found[claim.id], result=results([claim], found)[claim.id])
    claim.is_repeat = _mark_repeat(claim)
    claim.save(force_insert=True)
    tallies.changed(before=None, after=tallies.cell_of(claim), now=now)
    write_words(claim=claim)
    entry_id = memo(claim=claim, event=Event.SUBMITTED, actor=actor)
    keep(claim=claim, event=Event.SUBMITTED, fields=(), actor=actor, now=now, before="", entry_id=entry_id, reason="")


def _mark_repeat(claim: Claim) -> bool:
    """Say whether the customer has claimed before, and mark an only earlier claim as a repeat customer's too."""
    earlier = Claim.objects.filter(customer_id=claim.customer_id)
    if not earlier.exists():
        return False
    earlier.filter(is_repeat=False).update(is_repeat=True)
    return True


def _end_journey(journey_id: uuid.UUID | None, *, now: datetime) -> None:
    if journey_id is not None:
        Journey.objects.filter(id=journey_id, submitted_at__isnull=True).update(submitted_at=now, draft={})


def _plain(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())
