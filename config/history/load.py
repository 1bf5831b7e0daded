"""Bringing a chain's history into a merchant by the importers that staff use, and reading back what it came to."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

from django.db.models import Count, Sum

from cockpit import members
from config.history.figures import Figures
from config.history.files import NOT_AT_ALL, Files, campaigns
from customers.models import Customer
from ledger.models import Grant
from loyalty.imports import purchases
from loyalty.models import Purchase
from loyalty.services.catalogue import save_settings
from loyalty.states import Rounding
from offers.imports import responses
from offers.models import OfferResponse
from offers.services.catalogue import create_offer, publish_offer
from offers.states import OfferType, PeriodKind, Status
from tenancy.actors import Actor
from tenancy.days import start_of_day
from tenancy.imports.contract import Outcome
from tenancy.models import Merchant
from tenancy.selectors import merchant_zone

RULES = {"points_per_unit": Decimal(1), "minimum_amount": Decimal(0), "rounding": Rounding.DOWN}


def set_rules(*, actor: Actor, now: datetime) -> None:
    """Let a purchase earn one point for each whole unit. In the merchant's scope."""
    save_settings(values=RULES, actor=actor, now=now)


def open_offers(folder: Path, *, merchant: Merchant, actor: Actor, shift: timedelta = NOT_AT_ALL) -> None:
    """Publish the history's campaigns, each seen and usable from its first day until its last. In the merchant's scope."""
    zone = merchant_zone()
    for one in campaigns(folder, shift=shift):
        period = {"from": start_of_day(one.first, zone), "to": start_of_day(one.last + timedelta(days=1), zone)}
        values: dict[str, Any] = {
            "name": one.name,
            "offer_type": OfferType.PERCENT_OFF,
            "percent": Decimal(10),
            "currency": merchant.currency,
            "member_limit": None,
            "is_claimable": False,
        }
        for name in ("effectivity", "usage"):
            values |= {f"{name}_kind": PeriodKind.FIXED}
            values |= {f"{name}_{end}": at for end, at in period.items()}
        offer = create_offer(values=values, actor=actor, now=period["from"])
        publish_offer(offer_id=offer.id, actor=actor, now=period["from"])


def steps(files: Files) -> Iterator[tuple[str, ModuleType, Path]]:
    """Yield what is imported, by which importer, out of which file, in order."""
    yield "members", members, files.members
    yield "purchases", purchases, files.purchases
    yield "responses", responses, files.responses


def bring(files: Files, *, merchant: Merchant, actor: Actor, now: datetime) -> dict[str, Outcome]:
    """Import all files, each in transactions of its own; return what each did. Raises FileRefused."""
    return {
        name: importer.apply(path, merchant_id=merchant.id, actor=actor, now=now)
        for name, importer, path in steps(files)
    }


def stored() -> Figures:
    """Return what the merchant in scope holds, by the tables and the ledger's lots."""
    bought = Purchase.objects.aggregate(number=Count("id"), amount=Sum("amount"))
    lots = dict(Purchase.objects.exclude(grant=None).values_list("grant_id", "customer__card_number"))
    points: Counter[str] = Counter()
    for lot, amount in Grant.objects.filter(unit="POINT").values_list("id", "amount"):
        points[lots.get(lot, "")] += amount
    used = OfferResponse.objects.filter(status=Status.COMPLETED).values("customer__card_number")
    return Figures(
        members=Customer.objects.count(),
        purchases=bought["number"],
        amount=bought["amount"] or Decimal(0),
        points=points.total(),
        responses=OfferResponse.objects.count(),
        completed=used.count(),
        points_of=points,
        used_of=Counter({row["customer__card_number"]: row["number"] for row in used.annotate(number=Count("id"))}),
    )
