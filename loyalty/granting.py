"""What staff see before they redeem a reward for a customer: each rule, what it costs, which lots pay."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import selectors as customers
from customers.models import Customer
from ledger.selectors import open_grants, usable_balance, usable_balances
from ledger.units import Unit
from loyalty.errors import LimitReached, NotEnoughPoints, Refused
from loyalty.models import Reward
from loyalty.redeemed_page import Paid
from loyalty.rules import Judged, judge
from ui import locale

MOST_REWARDS = 200
MOST_CUSTOMERS = 20
# A customer who pays with more lots than this is told of these alone.
MOST_LOTS = 200


@dataclass(frozen=True, slots=True)
class Cost:
    """What redeeming takes now: points, the balance before and after, and the lots that pay, soonest to end first."""

    points: int
    before: int
    lots: tuple[Paid, ...]

    @property
    def after(self) -> int:
        """Return the customer's active points right after."""
        return max(self.before - self.points, 0)

    @property
    def missing(self) -> int:
        """Return how many points there are too few."""
        return max(self.points - self.before, 0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer who was found, and the active points that they have."""

    customer: Customer
    points: int


def cost_of(*, reward: Reward, customer_id: uuid.UUID, at: datetime) -> Cost:
    """Return what a reward would take from a customer at an instant; two queries."""
    before = usable_balance(customer_id=customer_id, unit=Unit.POINT, at=at)
    lots, wanted = [], reward.cost_in_points
    for lot in open_grants(customer_id=customer_id, unit=Unit.POINT, at=at)[:MOST_LOTS]:
        if not wanted:
            break
        taken = min(wanted, lot.remaining)
        lots.append(Paid(taken, lot.earned_at, lot.expires_at))
        wanted -= taken
    return Cost(reward.cost_in_points, before, tuple(lots))


def rewards_for(*, customer_id: uuid.UUID, text: str, at: datetime) -> list[Judged]:
    """Return the rewards of the catalogue as they stand for one customer, by name; `text` narrows by the name."""
    rows: QuerySet[Reward] = Reward.objects.filter(archived_at=None)
    for word in text.split()[:6]:
        rows = rows.filter(name__icontains=word)
    return judge(rewards=list(rows.order_by("name", "id")[:MOST_REWARDS]), customer_id=customer_id, at=at)


def candidates(*, text: str, at: datetime) -> list[Candidate]:
    """Return customers whose name, e-mail address, phone or card has words that begin so; none for no words."""
    if not text.strip():
        return []
    found = customers.search(customers.customers_for_list(), text).order_by("last_name", "id")
    people: Sequence[Customer] = list(found[:MOST_CUSTOMERS])
    points = usable_balances(customer_ids=[one.id for one in people], unit=Unit.POINT, at=at)
    return [Candidate(one, points[one.id]) for one in people]


def sentence_for_staff(refusal: Refused) -> str:
    """Return a refusal in words for whoever redeems on a customer's behalf."""
    if isinstance(refusal, NotEnoughPoints):
        words = ngettext(
            "The customer needs %(n)s more point.", "The customer needs %(n)s more points.", refusal.missing
        )
        return words % {"n": locale.number(refusal.missing)}
    if isinstance(refusal, LimitReached):
        return _("The customer has this reward as often as one customer may.")
    return refusal.sentence
