"""Processing and unprocessing, with the ledger beside it."""

from typing import Any

import pytest

from claims_center.errors import AddressMissing, GiftNotSent, NotAllowed
from claims_center.models import Claim, ClaimChange
from claims_center.services import corrections, gifts, processing
from claims_center.states import Delivery, Event, Status
from ledger import checks
from ledger.models import Account, Grant, Movement
from messaging.models import Message
from tenancy.models import Merchant
from tests.claims_center.factories import ADDRESS, NOW, STAFF, claim_in, fresh

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def test_use_the_voucher_of_a_digital_gift(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED)

    assert (claim.processed_at, claim.processed_by, claim.gift_code) == (NOW, str(STAFF), "GIFT-0001")
    assert Grant.objects.get().remaining == 0
    assert Account.objects.get(bucket="HELD", unit="VOUCHER").balance == 0


def test_process_no_digital_gift_that_was_not_sent(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)

    with pytest.raises(GiftNotSent):
        processing.mark_processed(claim_id=claim.id, **BY)


def test_issue_and_use_a_physical_gift_in_one_entry(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED, kind="item")

    processing.mark_processed(claim_id=claim.id, carrier="DHL", tracking_number=" 0034 ", **BY)

    claim = fresh(claim)
    assert (claim.delivery_status, claim.carrier, claim.tracking_number) == (Delivery.SHIPPED, "DHL", "0034")
    assert claim.gift_address
    assert (claim.gift_item, claim.gift_address["city"]) == ("Ceramic mug", "Portland")
    assert set(Movement.objects.values_list("entry_id", flat=True)) == {claim.processed_entry_id}
    assert Movement.objects.count() == 2


def test_ship_nothing_without_an_address(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED, kind="item")
    Claim.objects.update(ship_to={})

    with pytest.raises(AddressMissing):
        processing.mark_processed(claim_id=claim.id, **BY)


def test_leave_the_code_with_the_customer_when_unprocessing(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED)

    processing.unprocess(claim_id=claim.id, reason="Wrong person", **BY)

    claim = fresh(claim)
    assert (claim.status, claim.processed_at, claim.processed_by) == (Status.VERIFIED, None, "")
    assert (claim.gift_code, Grant.objects.get().remaining, Message.objects.count()) == ("GIFT-0001", 1, 1)


def test_keep_what_was_shipped_in_the_history(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED, kind="item")

    processing.unprocess(claim_id=claim.id, **BY)

    claim = fresh(claim)
    assert (claim.grant_id, claim.gift_address, claim.delivery_status) == (None, None, Delivery.NOT_SHIPPED)
    kept = ClaimChange.objects.get(event=Event.PROCESSED).detail
    assert (kept["item"], kept["address"]["city"]) == ("Ceramic mug", "Portland")


@pytest.mark.parametrize("kind", ["pool", "fixed", "file", "item"])
def test_add_up_after_any_number_of_rounds(scope: Merchant, kind: str) -> None:
    claim = claim_in(Status.PROCESSED, kind=kind)

    for _round in range(3):
        processing.unprocess(claim_id=claim.id, **BY)
        assert checks.run(scope.id).findings == []
        processing.mark_processed(claim_id=claim.id, **BY)
        assert checks.run(scope.id).findings == []

    changes = ClaimChange.objects.filter(claim=claim)
    assert changes.filter(event=Event.PROCESSED).count() == 4
    assert changes.count() == fresh(claim).version
    assert Account.objects.get(bucket="HELD", unit="VOUCHER").balance == 0


def test_change_address_and_shipping_after_unprocessing_only(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED, kind="item")
    with pytest.raises(NotAllowed):
        corrections.update_address(claim_id=claim.id, address=ADDRESS | {"city": "Salem"}, **BY)
    with pytest.raises(NotAllowed):
        corrections.update_shipping(claim_id=claim.id, carrier="UPS", tracking_number="1Z", **BY)
    with pytest.raises(NotAllowed):
        corrections.correct_email(claim_id=claim.id, email="anne@example.com", **BY)

    processing.unprocess(claim_id=claim.id, **BY)
    corrections.update_address(claim_id=claim.id, address=ADDRESS | {"city": "Salem"}, **BY)
    corrections.update_shipping(claim_id=claim.id, carrier="UPS", tracking_number="1Z", **BY)
    processing.mark_processed(claim_id=claim.id, **BY)

    claim = fresh(claim)
    assert claim.gift_address
    assert (claim.gift_address["city"], claim.carrier, claim.tracking_number) == ("Salem", "UPS", "1Z")
    detail = ClaimChange.objects.get(event=Event.ADDRESS_CHANGED).detail
    assert detail == {"fields": ["city", "name"]}


def test_note_that_a_parcel_has_arrived(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED, kind="item")

    processing.mark_delivered(claim_id=claim.id, **BY)
    processing.mark_delivered(claim_id=claim.id, **BY)

    assert fresh(claim).delivery_status == Delivery.DELIVERED
    assert ClaimChange.objects.filter(event=Event.DELIVERY).count() == 1


@pytest.mark.parametrize("kind", ["pool", "item"])
def test_let_nothing_arrive_that_was_not_shipped(scope: Merchant, kind: str) -> None:
    claim = claim_in(Status.VERIFIED, kind=kind)

    with pytest.raises(NotAllowed):
        processing.mark_delivered(claim_id=claim.id, **BY)


def test_process_what_bounced_if_somebody_wants_to(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)
    Claim.objects.update(delivery_status=Delivery.BOUNCED)

    processing.mark_processed(claim_id=claim.id, **BY)

    assert (fresh(claim).status, fresh(claim).delivery_status) == (Status.PROCESSED, Delivery.BOUNCED)
