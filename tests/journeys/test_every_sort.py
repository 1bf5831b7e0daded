"""Every list by every sort, both ways: page after page the same rows, and the reverse the other way round."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from claims_center.models import BulkRow as ClaimRow
from claims_center.models import Claim
from cockpit.client.privacy import ask_erasure
from codes.models import Code
from config.demo.seed import tell
from config.demo.stories import BREW
from customers.models import Customer
from exports import running
from exports.export_states import Cause
from exports.models import Export, ExportRun, ImportRow
from jobs.bulk import choosing
from jobs.runner import run_one
from loyalty.models import BulkRow as RewardRow
from loyalty.models import RedeemedReward
from messaging.webhooks import services as webhooks
from messaging.webhooks.models import WebhookDelivery
from offers.assigning.drafting import Wanted, draft_for
from offers.assigning.kit import ASSIGNMENTS
from offers.models import AssignmentRow, Offer, OfferResponse
from offers.models import BulkRow as ResponseRow
from tenancy.models import ApiCall, Merchant, User
from tenancy.scope import merchant_scope
from tests.claims_center import bulking as claims
from tests.exports.destinations.test_pages import just_signed_in
from tests.journeys.lists import EVERY
from tests.loyalty import bulking as rewards
from tests.offers import bulking as responses
from tests.offers import factories as offers
from tests.support import database
from tests.walls import prepared
from tests.walls.conftest import short
from ui.bulk import Selection
from ui.htmx import REGION
from ui.keyset import Sort, paginate

SIZE = 2
MOST = 1000
FRAGMENT = {"HX-Request": "true", "HX-Target": REGION}
# Of the lists under an id: the rows, and what of them names the one row that they belong to.
UNDER: dict[str, tuple[Any, str]] = {
    "claims/bulk-acts/": (ClaimRow, "bulk_id"),
    "code-pools/": (Code, "pool_id"),
    "exports/": (ExportRun, "export_id"),
    "imports/": (ImportRow, "run_id"),
    "offer-responses/bulk-acts/": (ResponseRow, "bulk_id"),
    "offers/": (OfferResponse, "offer_id"),
    "offers/assignments/": (AssignmentRow, "bulk_id"),
    "redeemed-rewards/bulk-acts/": (RewardRow, "bulk_id"),
    "settings/api-keys/": (ApiCall, "key_id"),
    "settings/webhooks/": (WebhookDelivery, "endpoint_id"),
}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[Merchant]:
    """A business with something of everything, committed once for all tests here, which only look at it."""
    name = os.environ["DATABASE_URL"].rpartition("/")[2]
    with django_db_blocker.unblock():
        database.clear(name)
        try:
            tell(short(BREW), timezone.now())
            merchant = Merchant.objects.get(slug=BREW.slug)
            in_bulk(merchant)
            with merchant_scope(merchant):
                what_is_lacking()
            yield merchant
        finally:
            database.clear(name)


def in_bulk(merchant: Merchant) -> None:
    """Two acts of each kind on a few documents."""
    for kit, model, act in (
        (claims, Claim, "verify"),
        (responses, OfferResponse, "clip"),
        (rewards, RedeemedReward, "use"),
    ):
        with merchant_scope(merchant):
            some = list(model.objects.order_by("id")[: SIZE + 1])
        for _ in range(2):
            kit.done(merchant, act, some)
    with merchant_scope(merchant):
        assigned = [assigning(offers.offer(name=f"Treat {number}"), merchant) for number in range(2)]
    for bulk in assigned:
        run_one(merchant.id, bulk.job_id)


def assigning(what: Offer, merchant: Merchant) -> Any:
    """An assignment of an offer to some members, begun."""
    some = Customer.objects.order_by("id").values_list("id", flat=True)[: SIZE + 1]
    chosen = Selection(tuple(map(str, some)), everything=False, query="")
    bulk = draft_for(offer=what, selection=chosen, wanted=Wanted(), **offers.by())
    return choosing.start(kit=ASSIGNMENTS, bulk_id=bulk.id, given={}, **offers.by())


def what_is_lacking() -> None:
    """What the demo has too little of to be sorted."""
    for who in Customer.objects.order_by("id")[: SIZE + 1]:
        ask_erasure(customer=who, note="", now=timezone.now())
    prepared.a_key()
    for _ in range(2):
        (endpoint,), _body = prepared.an_endpoint()()
    for _ in range(SIZE + 1):
        webhooks.send_test(endpoint_id=endpoint, **prepared.BY)
    user, export = User.objects.order_by("id")[0], Export.objects.order_by("id")[0]
    for _ in range(SIZE + 1):
        run = running.ask(export_id=export.id, cause=Cause.HAND, user=user, now=timezone.now())
        running.call_off(run_id=run.id, actor=offers.STAFF, now=timezone.now())


@pytest.fixture(scope="module")
def owner(world: Merchant) -> Client:
    client = Client()
    client.user = User.objects.get(email=f"owner@{world.slug}.example")  # type: ignore[attr-defined]
    client.force_login(client.user)  # type: ignore[attr-defined]
    return just_signed_in(client)


def path_of(merchant: Merchant, route: str) -> str:
    """The address of a list; of those under an id, of the one with the most rows."""
    place, is_under, rest = route.partition("<")
    if not is_under:
        return f"/m/{merchant.slug}/{route}"
    model, parent = UNDER[place]
    with merchant_scope(merchant):
        most = model.objects.values(parent).annotate(rows=Count("id")).order_by("-rows", parent)[0][parent]
    return f"/m/{merchant.slug}/{place}{most}{rest.partition('>')[2]}"


@pytest.mark.parametrize("route", EVERY)
def test_sort_both_ways(owner: Client, world: Merchant, monkeypatch: pytest.MonkeyPatch, route: str) -> None:
    page, address = EVERY[route], path_of(world, route)
    monkeypatch.setattr(page, "page_sizes", (SIZE,))
    for number, name in enumerate(page.sorts):
        # One direction is asked for as a page, the other of the database alone.
        asked = f"-{name}" if number % 2 else name
        answer = owner.get(address, {"sort": asked}, headers=FRAGMENT)
        assert (answer.status_code, answer.context["problems"]) == (200, []), asked
        shown, view = answer.context["page"], answer.context["view"]
        one_way, other_way = (
            Sort(name, page.sorts[name], descending=down) for down in (bool(number % 2), not number % 2)
        )
        with merchant_scope(world):
            rows = view.filterset.qs
            wanted = [row.pk for row in reversed(paginate(rows, sort=other_way, size=MOST).rows)]
            second = paginate(rows, sort=one_way, size=SIZE, after=shown.next_token).rows if shown.next_token else []
        assert (len(wanted) > 1, str(answer.context["sort"])) == (True, asked)
        assert [row.pk for row in [*shown.rows, *second]] == wanted[: 2 * SIZE], asked
