"""What a customer's page shows, put together from every document."""

import itertools
import statistics
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from claims_center.models import Claim
from cockpit.timeline import items, words_for_actors
from customers.models import Customer
from ledger.models import Entry, Movement
from loyalty.models import RedeemedReward
from offers.models import OfferResponse
from tenancy.selectors import actor_names
from ui import cells, locale
from ui.timeline import Fact, TimelineItem

# Claims that the pattern is worked out from, and entries that the timeline shows.
MOST_CLAIMS = 500
MOST_ENTRIES = 50


# Documents that the timeline names by one of their own columns: rows of (id, name), and the page of one.
NAMED: dict[str, tuple[Callable[[], QuerySet[Any]], str]] = {
    "redeemed_reward": (lambda: RedeemedReward.objects.values_list("id", "reward_name"), "loyalty:redeemed_detail"),
    "offer_response": (lambda: OfferResponse.objects.values_list("id", "offer_name"), "offers:response"),
}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a customer claims: how often in each campaign, and how many days lie between."""

    claims: int
    per_funnel: list[tuple[str, int]]
    median_days: float | None
    shortest_days: int | None
    first: datetime | None
    last: datetime | None

    @property
    def is_repeat(self) -> bool:
        """Say whether the customer has claimed more than once."""
        return self.claims > 1


def pattern_of(customer: Customer) -> Pattern:
    """Return the customer's pattern, by one query."""
    rows = Claim.objects.filter(customer_id=customer.id).order_by("-submitted_at")
    found = list(rows.values_list("funnel_name", "submitted_at")[:MOST_CLAIMS])
    times = sorted(at for _name, at in found)
    gaps = [(later - earlier).total_seconds() / 86_400 for earlier, later in itertools.pairwise(times)]
    return Pattern(
        claims=len(found),
        per_funnel=Counter(name for name, _at in found).most_common(),
        median_days=statistics.median(gaps) if gaps else None,
        shortest_days=int(min(gaps)) if gaps else None,
        first=times[0] if times else None,
        last=times[-1] if times else None,
    )


def timeline_of(customer: Customer, merchant_slug: str) -> list[TimelineItem]:
    """Return what happened with the customer in every document, the latest first, by four queries and one for each kind of document beside claims."""
    moved = Prefetch("movements", Movement.objects.select_related("source", "target").order_by("position"))
    rows = Entry.objects.filter(customer_id=customer.id).order_by("-occurred_at", "-id")
    entries = list(rows.prefetch_related(moved)[:MOST_ENTRIES])
    actors = {entry.actor for entry in entries}
    names = words_for_actors(actors, actor_names(actors))
    return items(entries, names, _links(entries, merchant_slug))


def _links(entries: list[Entry], merchant_slug: str) -> dict[uuid.UUID, str]:
    wanted = {entry.origin_id for entry in entries if entry.origin == "claim"}
    claims = Claim.objects.filter(id__in=wanted).values_list("id", "product_title", "promotion_name")
    found: dict[uuid.UUID, str] = {
        claim: cells.link(reverse("claims:claim", args=[merchant_slug, claim]), f"{product}, {promotion}")
        for claim, product, promotion in claims
    }
    for origin, (named, address) in NAMED.items():
        wanted = {entry.origin_id for entry in entries if entry.origin == origin}
        rows = named().filter(id__in=wanted) if wanted else ()
        found |= {row: cells.link(reverse(address, args=[merchant_slug, row]), name) for row, name in rows}
    return found


def contact(customer: Customer) -> list[Fact]:
    """Return everything that is known of the customer."""
    return [
        Fact(_("First name"), customer.first_name),
        Fact(_("Surname"), customer.last_name),
        Fact(_("E-mail"), customer.email, copy=customer.email),
        Fact(_("Phone"), customer.phone, copy=customer.phone),
        Fact(_("Card number"), customer.card_number, copy=customer.card_number),
        Fact(_("Birthday"), cells.day(customer.birthday)),
        Fact(_("Customer since"), cells.day(customer.created_at)),
    ]


def address(customer: Customer) -> list[Fact]:
    """Return the mailing address, part by part."""
    return [
        Fact(_("Street"), customer.street),
        Fact(_("House number"), customer.house_number),
        Fact(_("Building number"), customer.building_number),
        Fact(_("Postal code"), customer.postal_code),
        Fact(_("City"), customer.city),
        Fact(_("Province"), customer.province),
        Fact(_("Country"), locale.country(customer.country) if customer.country else ""),
    ]


def pattern_facts(pattern: Pattern) -> list[Fact]:
    """Return the pattern in words."""
    days: Any = "" if pattern.median_days is None else locale.number(round(pattern.median_days, 1))
    facts = [
        Fact(_("Repeat customer"), cells.yes_no(pattern.is_repeat)),
        Fact(_("Claims"), locale.number(pattern.claims)),
    ]
    facts += [Fact(name, locale.number(number)) for name, number in pattern.per_funnel[:8]]
    if pattern.is_repeat:
        facts.append(Fact(_("Days between claims (median)"), days))
        facts.append(Fact(_("Shortest gap in days"), locale.number(pattern.shortest_days or 0)))
    return [*facts, Fact(_("Last claim"), cells.day(pattern.last))]
