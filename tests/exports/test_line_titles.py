"""What the documents of an import's lines are called is the same by query as by row, for every importer."""

import pytest
from django.utils import timezone

from claims_center.models import Order
from codes.models import Code
from customers.models import Customer
from exports.importers import datasets, importer
from loyalty.models import PointAdjustment, Purchase
from loyalty.services.adjustments import adjust
from offers.models import OfferResponse
from tenancy.actors import Actor
from tenancy.models import Merchant
from tests.claims_center.factories import make_order
from tests.loyalty.test_points import buy, rules
from tests.offers import factories as offers

MODELS = {
    "orders": Order,
    "members": Customer,
    "purchases": Purchase,
    "points": PointAdjustment,
    "codes": Code,
    "responses": OfferResponse,
}


def some_of_each() -> None:
    """Two or three documents of every kind; somebody without a name, somebody erased, a response without a name."""
    rules()
    first = offers.member(first_name="", email="only@example.com")
    second = offers.member(first_name="", last_name="", email="", card_number="4711")
    Customer.objects.filter(id=offers.member().id).update(erased_at=timezone.now())
    for number, who in enumerate((first, second)):
        offers.give(who=who)
        buy(who, reference=f"R-{number}")
        for points in (100, -30):
            key = f"{number}{points}"
            adjust(customer_id=who.id, points=points, reason="x", op_key=key, actor=Actor.system(), now=timezone.now())
        make_order(f"111-0000000-000000{number}")
    offers.pool(2)


@pytest.mark.parametrize("name", MODELS)
def test_call_documents_alike(scope: Merchant, name: str) -> None:
    some_of_each()
    ids = list(MODELS[name].objects.values_list("id", flat=True))
    named = {row_id: one.title for row_id, one in importer(name).named(ids).items()}
    assert dict(importer(name).titles().values_list("id", "title")) == named
    assert len(named) > 1


def test_know_every_importer() -> None:
    assert set(MODELS) == set(datasets())
