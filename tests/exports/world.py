"""A merchant's business with something of everything, and what its lists can be asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from claims_center.models import Claim, Funnel, Product
from claims_center.states import Status as ClaimStatus
from customers.models import Customer
from loyalty.models import Reward
from loyalty.services.using import mark_used
from loyalty.states import RewardType
from offers.models import Offer
from offers.states import OfferType, Status
from tests.claims_center import factories as claims
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers


def fill() -> None:
    """Make some of everything, in the scope that is open."""
    _claims()
    _rewards()
    _offers()


def _claims() -> None:
    for number, status in enumerate(ClaimStatus):
        bought = f"111-{number}301945-88{number}1034"
        claims.make_order(bought)
        given = {"email": f"{status}@example.com", "first_name": f"=Ann {number}", "rating": number + 1}
        claims.claim_in(status, kind="fixed", order_number=bought, **given)
    claims.make_claim(email="two@example.com", first_name="Bea", order_number="none", rating=2)
    claims.make_order("999-0000001-0000001", days=40, marketplace="ebay", status="pending", asin="")
    claims.make_order("999-0000001-0000002", days=1, marketplace="etsy", status="cancelled", asin="")
    # Two claims came in on another day than the others.
    some = list(Claim.objects.order_by("id").values_list("id", flat=True)[:2])
    Claim.objects.filter(id__in=some).update(submitted_at=claims.NOW - timedelta(days=40))


def _rewards() -> None:
    who = loyalty.customer(email="mara@example.com", first_name="+Mara")
    loyalty.points(who, 5000)
    kinds = [RewardType.DISCOUNT_CODE, RewardType.GIFT, RewardType.CASHBACK, RewardType.FREE_DELIVERY]
    for number, kind in enumerate(kinds):
        what = loyalty.reward(name=f"Reward {number}", reward_type=kind, cost_in_points=100 + number, total_limit=9)
        loyalty.take(what, who)
        taken = loyalty.take(what, who)
        if kind != RewardType.CASHBACK:
            mark_used(redeemed_id=taken.id, actor=loyalty.SYSTEM, now=timezone.now())
    Reward.objects.filter(name="Reward 3").update(archived_at=timezone.now())


def _offers() -> None:
    who = offers.member(email="cora@example.com", last_name="Zimt", card_number="4711")
    for status in Status:
        offers.standing(status, offers.offer(name=f"Offer {status}", needs_clip=status == Status.CLIPPED), who=who)
    offers.give(offers.passed(name="Gone"), who)
    offers.give(offers.not_started(name="Later", offer_type=OfferType.AMOUNT_OFF, percent=None, amount=5))
    offers.ended(offers.give(offers.offer(name="Ended")))
    Offer.objects.filter(name="Gone").update(archived_at=timezone.now())


def _id(model: Any, **wanted: Any) -> str:
    return str(model.objects.filter(**wanted).order_by("id").values_list("id", flat=True)[0])


Query = str | Callable[[], str]
# For each dataset ten ways to narrow its list; none of them twice.
QUERIES: dict[str, tuple[Query, ...]] = {
    "claims": (
        "",
        "status=new",
        "status=verified&status=processed",
        "q=bea",
        "verification=match",
        "submitted_from=2026-10-01&submitted_to=2026-10-31",
        "repeat=no&did_redirect=no",
        lambda: f"funnel={_id(Funnel)}",
        lambda: f"product={_id(Product)}&marketplace=amazon",
        "assignee=nobody&promotion_type=digital&delivery=not_sent",
    ),
    "redeemed_rewards": (
        "",
        "used=yes",
        "used=no",
        "reward_type=gift",
        "coupon_status=active",
        "coupon_status=expired&coupon_status=canceled",
        "cashback_status=init&cashback_status=pending",
        "delivery_status=ordered",
        "q=mara",
        lambda: f"reward={_id(Reward, name='Reward 1')}&used=yes",
    ),
    "offer_responses": (
        "",
        "status=pending",
        "status=expired",
        "status=completed&status=canceled",
        "usage_period=passed",
        "usage_period=current&usage_period=not_started",
        "offer_type=amount_off",
        "source=member&q=zimt",
        lambda: f"offer={_id(Offer, name='Gone')}",
        lambda: f"member={_id(Customer, card_number='4711')}",
    ),
    "offers": (
        "",
        "q=offer",
        "q=gone",
        "offer_type=percent_off",
        "offer_type=amount_off",
        "published=yes",
        "published=no",
        "archived=yes",
        "archived=no",
        "archived=no&published=yes&offer_type=percent_off&q=ended",
    ),
    "rewards": (
        "",
        "q=reward",
        "q=1",
        "reward_type=gift",
        "reward_type=gift&reward_type=cashback",
        "archived=yes",
        "archived=no",
        "archived=yes&reward_type=free_delivery",
        "q=nobody",
        "archived=no&q=reward&reward_type=discount_code",
    ),
    "funnels": (
        "",
        "q=kettle",
        "q=nobody",
        "state=open",
        "state=draft",
        "state=open&state=ended",
        lambda: f"promotion={Funnel.objects.order_by('id')[0].promotion_id}",
        lambda: f"product={_id(Product)}",
        lambda: f"product={_id(Product)}&state=open",
        "state=open&q=gift",
    ),
    "orders": (
        "",
        "q=999-0000001-0000001",
        "marketplace=amazon",
        "marketplace=ebay&marketplace=etsy",
        "status=shipped",
        "status=pending&status=cancelled",
        "ordered_from=2026-11-01",
        "ordered_to=2026-10-31",
        "imported_from=2026-11-20&imported_to=2026-11-20",
        "imported_to=2020-01-01",
    ),
    "customers": (
        "",
        "q=mara",
        "q=zimt",
        "q=example",
        "q=nobody@nowhere",
        "since_from=2026-11-20",
        "since_to=2026-11-20",
        "since_from=2026-11-20&since_to=2026-11-20",
        "since_from=2027-01-01",
        "q=ann&since_to=2026-11-20",
    ),
    "ledger_entries": (
        "",
        "event=claim.submitted",
        "event=claim.verified&event=claim.rejected",
        "event=reward.redeemed",
        "event=reward.used",
        "event=offer.issued",
        "event=offer.completed&event=offer.canceled",
        "occurred_from=2026-11-20",
        "occurred_to=2026-11-20",
        "event=claim.submitted&occurred_from=2026-11-20&occurred_to=2026-11-20",
    ),
}
