"""Reads of the catalogue."""

import uuid
from collections.abc import Sequence

from django.db import connection
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from loyalty.models import RedeemedReward, Reward, RewardStock
from loyalty.states import CodeSource
from tenancy.scope import current_merchant_id
from ui import cells, locale
from ui.timeline import Fact

CAP = 10_000
# Each count stops at the cap, so that a popular reward costs no more than a rare one.
COUNTS = """
SELECT wanted.id, (SELECT count(*) FROM (
    SELECT 1 FROM loyalty_redeemedreward WHERE merchant_id = %(merchant)s AND reward_id = wanted.id LIMIT %(most)s) AS one)
FROM unnest(%(ids)s::uuid[]) AS wanted (id)
"""


def redeemed_of(customer_id: uuid.UUID) -> QuerySet[RedeemedReward]:
    """Return a customer's redeemed rewards, the latest first."""
    found: QuerySet[RedeemedReward] = RedeemedReward.objects.filter(customer_id=customer_id)
    return found.order_by("-redeemed_at", "-id")


def times_redeemed(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return how often each reward was redeemed, `10,000+` where it is more; one query."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {"merchant": current_merchant_id(), "ids": list(ids), "most": CAP + 1})
        return {
            one: f"{locale.number(CAP)}+" if count > CAP else locale.number(count) for one, count in cursor.fetchall()
        }


def taken_of(ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many of each limited reward are taken; one query."""
    return dict(RewardStock.objects.filter(reward_id__in=ids).values_list("reward_id", "taken"))


def facts_of(reward: Reward, *, slug: str) -> list[Fact]:
    """Return what a reward's page says of it."""
    redeemed = reverse("loyalty:redeemed", args=[slug])
    count = cells.link(f"{redeemed}?reward={reward.id}", times_redeemed([reward.id])[reward.id])
    value = cells.money(reward.amount, reward.currency) if reward.amount else cells.dash()
    if reward.percent:
        value = cells.text(locale.percent(float(reward.percent) / 100))
    return [
        Fact(_("Redeemed"), count),
        Fact(_("Reward type"), reward.get_reward_type_display()),
        Fact(_("Cost in points"), cells.number(reward.cost_in_points)),
        Fact(_("Value"), value),
        Fact(_("Tax value"), cells.money(reward.tax_value, reward.currency)),
        Fact(_("Code"), _code(reward, slug)),
        Fact(_("Limit in all"), cells.number(reward.total_limit)),
        Fact(_("Limit per customer"), cells.number(reward.customer_limit)),
        Fact(_("Visible from"), cells.when(reward.visible_from)),
        Fact(_("Visible to"), cells.when(reward.visible_to)),
        Fact(_("Active from"), cells.when(reward.active_from)),
        Fact(_("Active to"), cells.when(reward.active_to)),
        Fact(_("Days until the coupon is active"), cells.number(reward.days_until_active)),
        Fact(_("Days that the coupon stays valid"), cells.number(reward.days_valid)),
    ]


def _code(reward: Reward, slug: str) -> str:
    if reward.pool is None:
        return cells.text(CodeSource.NONE.label)
    return cells.link(reverse("codes:pool", args=[slug, reward.pool_id]), reward.pool.name)
