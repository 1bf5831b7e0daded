"""Whether a member can claim an offer now, rule by rule, and whether a response can be used now: for people and tills.

These rules explain; what holds is decided again by `offers.services` and by the database.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from codes.models import Code, CodePool
from codes.states import CodeState
from offers import periods
from offers.errors import Refused, TransitionNotAllowed
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.services.using import check_usable
from offers.states import CodeSource, Event, Status, UsageState, may
from offers.usage import having_status, having_usage, status_of
from ui import locale


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: whether it is met, in words, and the code that a refusal would carry."""

    code: str
    passed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Judged:
    """An offer with everything that was asked about it for one member."""

    offer: Offer
    rules: tuple[Rule, ...]

    @property
    def is_claimable(self) -> bool:
        """Say whether every rule is met."""
        return all(rule.passed for rule in self.rules)

    @property
    def refusal(self) -> Rule | None:
        """Return the first rule that is not met, in the order in which claiming asks them."""
        return next((rule for rule in self.rules if not rule.passed), None)


def judge(*, offers: Sequence[Offer], customer_id: uuid.UUID, at: datetime, zone: tzinfo) -> list[Judged]:
    """Judge offers for one member at an instant; three queries, however many offers there are."""
    taken = dict(OfferStock.objects.filter(offer__in=offers).values_list("offer_id", "taken"))
    own = dict(OfferTaken.objects.filter(offer__in=offers, customer_id=customer_id).values_list("offer_id", "taken"))
    stocked = _pools_with_codes([offer.pool_id for offer in offers if offer.code_source == CodeSource.POOL])
    return [
        Judged(
            offer,
            (
                _open(offer, at, zone),
                _limit(offer, own.get(offer.id, 0)),
                _left(offer, taken.get(offer.id, 0), stocked),
            ),
        )
        for offer in offers
    ]


def why_not(response: OfferResponse, *, at: datetime, token: str = "") -> Refused | None:
    """Return what keeps a response from being used at this instant, None where nothing does."""
    try:
        check_usable(response=response, at=at, token=token)
    except Refused as refusal:
        return refusal
    # What is on its way has been through that gate; while it is still to be sent nobody can use it.
    if not may(Event.COMPLETED, status_of(response, at=at)):
        return TransitionNotAllowed(_("This response waits to be shipped."))
    return None


def having_use(*, at: datetime, zone: tzinfo) -> Q:
    """Return the same rule as a condition on rows, for whoever holds no token; a test holds that they agree."""
    clipped = having_status(Status.CLIPPED, at=at) | having_status(Status.PENDING, at=at) & Q(needs_clip=False)
    is_free = Q(reserved_until__isnull=True) | Q(reserved_until__lte=at)
    return Q(status=Status.SHIPPING) | clipped & is_free & having_usage(UsageState.CURRENT, at=at, zone=zone)


def _pools_with_codes(pools: list[uuid.UUID | None]) -> set[uuid.UUID]:
    """Return which of these pools have a free code; looks at one code of each, however many there are."""
    free = Code.objects.filter(pool_id=OuterRef("id"), state=CodeState.FREE)
    found = CodePool.objects.filter(Exists(free), id__in=[pool for pool in pools if pool])
    return set(found.values_list("id", flat=True))


def _open(offer: Offer, at: datetime, zone: tzinfo) -> Rule:
    if periods.may_be_claimed(offer, zone, at=at):
        return Rule("offer_not_open", passed=True, words=_("The offer is open."))
    period = periods.response_period(offer, zone)
    if period.start is not None and period.start > at:
        words = _("It can be claimed from %(time)s.") % {"time": locale.moment_with_zone(period.start)}
    elif period.end is not None and period.end <= at:
        words = _("It could be claimed until %(time)s.") % {"time": locale.moment_with_zone(period.end)}
    else:
        words = _("This offer is not open at the moment.")
    return Rule("offer_not_open", passed=False, words=words)


def _limit(offer: Offer, own: int) -> Rule:
    is_full = offer.member_limit is not None and own >= offer.member_limit
    words = _("You have this offer as often as one member may.") if is_full else _("Your limit is not reached.")
    return Rule("response_limit_reached", passed=not is_full, words=words)


def _left(offer: Offer, taken: int, stocked: set[uuid.UUID]) -> Rule:
    is_out = offer.total_limit is not None and taken >= offer.total_limit
    is_out = is_out or (offer.code_source == CodeSource.POOL and offer.pool_id not in stocked)
    words = _("Nothing is left of this offer.") if is_out else _("Some are left.")
    return Rule("sold_out", passed=not is_out, words=words)
