"""Making the demo: both merchants, each in a transaction of its own."""

from concurrent.futures import ProcessPoolExecutor
from datetime import datetime, timedelta
from multiprocessing import get_context
from typing import Any

from django.db import connections, transaction

from claims_center.models import Claim
from config.demo.answers import let_customers_speak
from config.demo.assigning import assign_offer
from config.demo.base import Stage
from config.demo.business import PASSWORD, close_what_ended, found_merchant, hire, stock
from config.demo.claims import DAYS, play, visit_only
from config.demo.cockpit import welcome_clients
from config.demo.exports import define_exports
from config.demo.history import import_books, import_shops
from config.demo.offers import offer_members, told_offers
from config.demo.orders import Books
from config.demo.plans import plan_claims
from config.demo.points import points_by_hand
from config.demo.rewards import reward_customers, told_rewards
from config.demo.stories import STORIES, MerchantStory
from config.demo.triggers import arm_triggers
from config.demo.views import keep_views
from config.demo.visits import colour_visits
from config.demo.webhooks import note_calls, tell_others
from jobs.models import Job
from jobs.states import State
from ledger.checks import run_and_keep
from ledger.services import backdated
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tenancy.services.keys import create_key

SHOWN = 8


def seed(*, now: datetime) -> dict[str, Any]:
    """Make the demo merchants that are missing and return what demo.json says of all that were made now.

    Side by side, each in a process of its own: it is the longest part of a first start.
    """
    missing = [story for story in STORIES if not Merchant.objects.filter(slug=story.slug).exists()]
    if len(missing) < 2:  # noqa: PLR2004 - nothing to do side by side
        return {story.slug: tell(story, now) for story in missing}
    # A process that comes of this one must not share its connections.
    connections.close_all()
    with ProcessPoolExecutor(len(missing), mp_context=get_context("fork")) as pool:
        told = pool.map(tell, missing, [now] * len(missing))
        return {story.slug: facts for story, facts in zip(missing, told, strict=True)}


def tell(story: MerchantStory, now: datetime) -> dict[str, Any]:
    """Make one merchant from its story; nothing of it stays if any part fails."""
    opened = now - timedelta(days=DAYS + 30)
    with transaction.atomic(), merchant_scope(merchant := found_merchant(story)):
        stage = Stage(story=story, merchant=merchant, now=now)
        hire(stage)
        with backdated(at=opened):
            stock(stage, opened)
        books = Books(stage)
        plans = plan_claims(stage, books)
        import_books(stage, books)
        for plan in plans:
            play(stage, plan)
            for _ in range(stage.dice.randrange(4)):
                visit_only(stage, plan.funnel, plan.at - timedelta(minutes=stage.dice.randrange(300)))
        close_what_ended(stage)
        colour_visits(stage)
        let_customers_speak(stage)
        keep_views(stage)
        reward_customers(stage)
        offer_members(stage)
        welcome_clients(stage)
        points_by_hand(stage)
        import_shops(stage)
        arm_triggers(stage)
        tell_others(stage)
        _settle_jobs(now)
        define_exports(stage)
        assign_offer(stage)
        run_and_keep(merchant.id)
        row, key = create_key(
            merchant=merchant, name="Demo till", scopes=list(KeyScope), actor=Actor.user(stage.staff["owner"]), now=now
        )
        note_calls(row, now=now)
        return _said(stage, key)


def _settle_jobs(now: datetime) -> None:
    """Leave no work behind that the past has done already."""
    due = Job.objects.filter(state=State.DUE).exclude(kind="message.send")
    due.update(state=State.DONE, finished_at=now, attempts=1)


def _said(stage: Stage, key: str) -> dict[str, Any]:
    recent = Claim.objects.order_by("-submitted_at", "-id").select_related("customer")[:SHOWN]
    customers = {str(claim.customer_id): claim.customer.email for claim in recent}
    users = [{"email": user.email, "password": PASSWORD, "role": role} for role, user in stage.staff.items()]
    return {
        "api_key": key,
        "users": users,
        "customers": [{"id": one, "email": email} for one, email in customers.items()],
        "funnel": stage.story.funnels[0].slug,
        "offers": told_offers(),
        "rewards": told_rewards(),
    }
