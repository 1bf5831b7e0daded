"""What a batch of a bulk act has before it: its claims, held, with all that the rules and the writing look at."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from claims_center.bulk.changes import Change
from claims_center.bulk.rules import Given
from claims_center.models import Claim, Funnel, Promotion
from claims_center.services.base import ORIGIN
from claims_center.services.marks import mark_processed_siblings
from claims_center.services.rechecks import recheck_later
from claims_center.states import Status
from customers.models import Customer
from customers.normalise import email_norm
from messaging.many import Draft, queue_many
from messaging.models import Message
from messaging.selectors import suppressed
from messaging.texts import is_on
from tenancy.actors import Actor

# Other claims with the same order numbers that one batch has checked again.
MOST_SIBLINGS = 5_000
SHARED = ("id", "marketplace", "order_number_norm")


@dataclass(slots=True)
class Desk:
    """One batch at work: who asked for what, what was skipped, and what is to be done once the claims are written.

    `waiting`: the gifts' mails that can still be stopped, held, by claim; where the act takes gifts back.
    """

    actor: Actor
    now: datetime
    given: Given
    undoes: bool = False
    waiting: dict[uuid.UUID, Message] = field(default_factory=dict)
    skipped: dict[uuid.UUID, str] = field(default_factory=dict)
    mails: list[Draft] = field(default_factory=list)
    recheck: list[Claim] = field(default_factory=list)

    def skip(self, claim: Claim, outcome: str) -> None:
        """Leave a claim as it is, and say why."""
        self.skipped[claim.id] = outcome

    def mail(self, claim: Claim, kind: str, key: str, *, change: int = 0) -> None:
        """Have a mail queued once the batch is written."""
        self.mails.append(
            Draft(
                origin_id=claim.id,
                kind=kind,
                once_key=key,
                customer_id=claim.customer_id,
                to_address=claim.customer_email.strip(),
                to_name=claim.customer_name,
                context={"change": change} if change else {},
            )
        )

    def finish(self, changes: Sequence[Change]) -> None:
        """Queue the mails, and have other claims with the order numbers of these checked again by a job."""
        queue_many(drafts=self.mails, origin=ORIGIN, actor=self.actor, now=self.now)
        if self.recheck:
            mark_processed_siblings(claims=self.recheck, now=self.now)
            recheck_later(claim_ids=siblings(self.recheck, themselves=self.undoes), now=self.now)

    def notices(self, claims: Iterable[Claim], kind: str) -> set[uuid.UUID]:
        """Return those of the claims whose customers can be told, where the merchant has this kind of mail sent."""
        claims = [claim for claim in claims if claim.customer_email]
        if not self.given.notify or not claims or not is_on(kind):
            return set()
        closed = suppressed([claim.customer_email for claim in claims])
        return {one.id for one in claims if email_norm(one.customer_email) not in closed and is_address(one)}


def held(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Claim]:
    """Lock claims in the order of their ids; return those that are there, each with funnel, promotion and customer."""
    # Without a join: one over a column that the holder before us has just changed would find no row at all.
    claims = list(Claim.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id"))
    attach(claims)
    return {claim.id: claim for claim in claims}


def attach(claims: Sequence[Claim]) -> None:
    """Put funnel, promotion and customer onto claims, by one query each."""
    funnels = Funnel.objects.in_bulk({claim.funnel_id for claim in claims})
    promotions = Promotion.objects.select_related("pool").in_bulk({claim.promotion_id for claim in claims})
    customers = Customer.objects.in_bulk({claim.customer_id for claim in claims})
    for claim in claims:
        claim.funnel, claim.promotion = funnels[claim.funnel_id], promotions[claim.promotion_id]
        claim.customer = customers[claim.customer_id]


def is_address(claim: Claim) -> bool:
    """Say whether the claim's address has the form of one."""
    try:
        validate_email(claim.customer_email.strip())
    except ValidationError:
        return False
    return True


def siblings(claims: Sequence[Claim], *, themselves: bool) -> list[uuid.UUID]:
    """Return the claims that share an order number with these; with `themselves` also those that share none."""
    numbers = {(claim.marketplace, claim.order_number_norm) for claim in claims if claim.order_number_norm}
    rows = Claim.objects.filter(order_number_norm__in={number for _marketplace, number in numbers})
    groups: dict[tuple[str, str], list[uuid.UUID]] = defaultdict(list)
    for claim_id, *number in rows.exclude(status=Status.PROCESSED).values_list(*SHARED)[:MOST_SIBLINGS]:
        groups[cast("tuple[str, str]", tuple(number))].append(claim_id)
    wanted = [group for number, group in groups.items() if number in numbers and (themselves or len(group) > 1)]
    return [one for group in wanted for one in group]
