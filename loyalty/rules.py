"""Whether a customer can redeem a reward now, rule by rule: what the cockpit, the tills and the "Why?" panel show.

These rules explain; what holds is decided again by `loyalty.services.redeeming` and by the database.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from codes.models import Code, CodePool
from codes.states import CodeState
from ledger.selectors import usable_balance
from ledger.units import Unit
from loyalty.models import Reward, RewardStock, RewardTaken
from loyalty.states import CodeSource
from ui import locale


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: whether it is met, in words, the code that a refusal would carry, and what would fix it."""

    code: str
    passed: bool
    words: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """A reward with everything that was asked about it for one customer."""

    reward: Reward
    rules: tuple[Rule, ...]
    missing_points: int

    @property
    def is_redeemable(self) -> bool:
        """Say whether every rule is met."""
        return all(rule.passed for rule in self.rules)

    @property
    def refusal(self) -> Rule | None:
        """Return the first rule that is not met, in the order in which redeeming asks them."""
        return next((rule for rule in self.rules if not rule.passed), None)


def visible_rewards(*, at: datetime) -> QuerySet[Reward]:
    """Return the rewards that customers see at an instant, the cheapest first."""
    begun = Q(visible_from__isnull=True) | Q(visible_from__lte=at)
    not_ended = Q(visible_to__isnull=True) | Q(visible_to__gt=at)
    found: QuerySet[Reward] = Reward.objects.filter(begun, not_ended, archived_at__isnull=True)
    return found.order_by("cost_in_points", "id")


def judge(*, rewards: Sequence[Reward], customer_id: uuid.UUID, at: datetime) -> list[Judged]:
    """Judge rewards for one customer at an instant; four queries, however many rewards there are."""
    points = usable_balance(customer_id=customer_id, unit=Unit.POINT, at=at)
    taken = dict(RewardStock.objects.filter(reward__in=rewards).values_list("reward_id", "taken"))
    own = dict(
        RewardTaken.objects.filter(reward__in=rewards, customer_id=customer_id).values_list("reward_id", "taken")
    )
    pools = _pools([reward.pool_id for reward in rewards])
    return [
        Judged(
            reward,
            (
                _active(reward, at),
                _left(reward, taken.get(reward.id, 0), pools),
                _limit(reward, own.get(reward.id, 0)),
                _affordable(reward, points),
            ),
            max(reward.cost_in_points - points, 0),
        )
        for reward in rewards
    ]


def _pools(wanted: list[uuid.UUID | None]) -> dict[uuid.UUID | None, tuple[bool, bool]]:
    """Return of each pool whether it is in use, and whether a code is free; looks at one code of each."""
    free = Exists(Code.objects.filter(pool_id=OuterRef("id"), state=CodeState.FREE))
    found = CodePool.objects.filter(id__in=[pool for pool in wanted if pool]).annotate(has_code=free)
    rows = found.values_list("id", "archived_at", "has_code")
    return {pool: (archived_at is None, has_code) for pool, archived_at, has_code in rows}


def _met(code: str, words: str) -> Rule:
    return Rule(code, passed=True, words=words)


def _unmet(code: str, words: str, fix: str) -> Rule:
    return Rule(code, passed=False, words=words, fix=fix)


def _active(reward: Reward, at: datetime) -> Rule:
    if reward.archived_at is not None:
        return _unmet("not_active", _("The reward was archived."), _("Bring the reward back."))
    if reward.active_from is not None and reward.active_from > at:
        words = _("It can be redeemed from %(time)s.") % {"time": locale.moment_with_zone(reward.active_from)}
        return _unmet("not_active", words, _("Wait, or move the beginning of its active period."))
    if reward.active_to is not None and reward.active_to <= at:
        words = _("It could be redeemed until %(time)s.") % {"time": locale.moment_with_zone(reward.active_to)}
        return _unmet("not_active", words, _("Move the end of its active period."))
    return _met("not_active", _("The reward is in its active period."))


def _left(reward: Reward, taken: int, pools: dict[uuid.UUID | None, tuple[bool, bool]]) -> Rule:
    if reward.total_limit is not None and taken >= reward.total_limit:
        words = _("All %(limit)s are taken.") % {"limit": locale.number(reward.total_limit)}
        return _unmet("sold_out", words, _("Raise the limit in all."))
    in_use, has_code = pools.get(reward.pool_id, (False, False))
    if reward.code_source != CodeSource.NONE and not in_use:
        return _unmet("sold_out", _("The code pool is archived."), _("Bring the code pool back."))
    if reward.code_source == CodeSource.POOL and not has_code:
        return _unmet("sold_out", _("The code pool is empty."), _("Add codes to the pool."))
    if reward.total_limit is None:
        return _met("sold_out", _("There is no limit in all."))
    left = {"left": locale.number(reward.total_limit - taken), "limit": locale.number(reward.total_limit)}
    return _met("sold_out", _("%(left)s of %(limit)s are left.") % left)


def _limit(reward: Reward, own: int) -> Rule:
    if reward.customer_limit is None:
        return _met("limit_reached", _("There is no limit per customer."))
    shown = {"own": locale.number(own), "limit": locale.number(reward.customer_limit)}
    words = _("The customer has %(own)s of at most %(limit)s.") % shown
    if own >= reward.customer_limit:
        return _unmet("limit_reached", words, _("Raise the limit per customer, or cancel one of theirs."))
    return _met("limit_reached", words)


def _affordable(reward: Reward, points: int) -> Rule:
    shown = {"points": locale.number(points), "cost": locale.number(reward.cost_in_points)}
    words = _("The customer has %(points)s active points; the reward costs %(cost)s.") % shown
    missing = reward.cost_in_points - points
    if missing <= 0:
        return _met("not_enough_points", words)
    fix = ngettext("%(missing)s more point is needed.", "%(missing)s more points are needed.", missing)
    return _unmet("not_enough_points", words, fix % {"missing": locale.number(missing)})
