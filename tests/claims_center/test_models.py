"""The database holds the room's rules, whatever Python does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from claims_center.models import Claim, ClaimChange, Funnel, Order, Promotion
from claims_center.services import copies
from claims_center.states import Status
from tenancy.models import Merchant
from tests.claims_center.factories import NOW, claim_in, make_claim, make_funnel, make_order, make_promotion


@pytest.mark.parametrize(
    "values",
    [
        {"rating": 0},
        {"rating": 6},
        {"status": "done"},
        {"status": "rejected", "status_reason": ""},
        {"status": "processed"},
        {"processed_at": NOW},
        {"verification": "maybe"},
        {"marketplace": "shop"},
        {"delivery_status": "shipped"},
        {"delivery_status": "lost"},
        {"gift_code": "FREE"},
    ],
)
def test_refuse_a_claim_that_makes_no_sense(scope: Merchant, values: dict[str, Any]) -> None:
    make_claim()

    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"source": "fixed"},
        {"kind": "physical"},
        {"pool": None},
        {"fixed_code": "X"},
        {"value": -1},
        {"currency": "usd"},
        {"source": "item", "kind": "digital", "pool": None, "item_name": "Mug"},
    ],
)
def test_refuse_a_promotion_whose_source_does_not_fit(scope: Merchant, values: dict[str, Any]) -> None:
    make_promotion("pool")

    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.update(**values)


@pytest.mark.parametrize(
    "values",
    [
        {"starts_at": NOW, "ends_at": NOW},
        {"auto_send": True},
        {"slug": "Big Letters"},
        {"order_number": "maybe"},
        {"max_order_age_days": 0},
    ],
)
def test_refuse_a_funnel_that_makes_no_sense(scope: Merchant, values: dict[str, Any]) -> None:
    make_funnel()

    with pytest.raises(IntegrityError), transaction.atomic():
        Funnel.objects.update(**values)


def test_keep_one_order_for_a_number(scope: Merchant) -> None:
    make_order()
    make_order(marketplace="ebay")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_order("111 2301945 8821034")

    assert Order.objects.count() == 2


def test_never_change_what_was_done(scope: Merchant) -> None:
    make_claim()

    for change in ({"actor": "user:x"}, {"to_status": "rejected"}, {"at": NOW}):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            ClaimChange.objects.update(**change)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        ClaimChange.objects.all().delete()
    # Erasing a person blanks the words.
    assert ClaimChange.objects.update(reason="", detail={}) == 1


def test_follow_every_change_by_its_transaction(scope: Merchant) -> None:
    claim = make_claim()
    other = make_claim(claim.funnel, order_number="112-0000000-0000001")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE claims_center_claim SET change_xid = 1")

    Claim.objects.filter(id=claim.id).update(feedback="x")
    other.refresh_from_db()
    other.save(update_fields=["feedback"])

    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT change_xid = pg_current_xact_id()::text::bigint FROM claims_center_claim")
        assert cursor.fetchall() == [(True,)]


def test_sort_by_columns_that_are_never_empty(scope: Merchant) -> None:
    make_claim(rating=None)
    claim = Claim.objects.get()

    assert (claim.rating, claim.rating_rank, claim.did_redirect) == (None, 0, False)


@pytest.mark.parametrize(
    ("moment", "state"),
    [(NOW - timedelta(days=2), "scheduled"), (NOW, "open"), (NOW + timedelta(days=1), "ended")],
)
def test_follow_a_funnel_through_its_time(scope: Merchant, moment: Any, state: str) -> None:
    funnel = make_funnel(starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1))

    assert funnel.state(moment) == state
    funnel.closed_at = NOW
    assert funnel.state(moment) == "closed"
    funnel.closed_at, funnel.published_at = None, None
    assert funnel.state(moment) == "draft"


def test_carry_new_names_to_claims(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copies, "PORTION", 1)
    claim = claim_in(Status.NEW)
    make_claim(claim.funnel, order_number="112-0000000-0000001")
    claim.product.title = "Kettle 2"
    claim.product.save()
    claim.customer.last_name = "Smith"
    claim.customer.save()

    copies.carry_name(source="product", source_id=claim.product_id, now=NOW)
    copies.carry_name(source="customer", source_id=claim.customer_id, now=NOW)

    assert Claim.objects.filter(product_title="Kettle 2").count() == 1
    assert copies.refresh(source="product", source_id=claim.product_id) == 1
    assert set(Claim.objects.values_list("product_title", "customer_name")) == {("Kettle 2", "Ann Smith")}
