"""What check_ledger asks of this room finds what it is there to find."""

from typing import Any

import pytest

from claims_center.checks import CHECKS, check_claims
from claims_center.models import Claim, ClaimChange
from claims_center.services import gifts, processing
from claims_center.states import Status
from codes.models import Code
from ledger import checks
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, STAFF, claim_in, make_claim, make_order

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


def found(merchant: Merchant) -> set[str]:
    return {finding.check for finding in check_claims(merchant.id)}


def test_find_nothing_in_good_books(scope: Merchant) -> None:
    for number, status in enumerate(Status):
        make_order(f"111-0000000-000000{number}")
        claim_in(status, kind="item", email=f"{status}@example.com", order_number=f"111-0000000-000000{number}")

    assert checks.run(scope.id).findings == []


def test_find_a_state_that_is_not_in_the_history(scope: Merchant) -> None:
    claim = make_claim()
    Claim.objects.update(status=Status.VERIFIED)

    assert [finding.ids for finding in check_claims(scope.id)] == [{"claim": str(claim.id)}]
    assert found(scope) == {"claim_history"}


def test_find_a_gap_in_the_history(scope: Merchant) -> None:
    claim = make_claim()
    change = ClaimChange.made_with(
        claim_id=claim.id, seq=3, event="claim.assigned", to_status="new", actor="system", at=NOW
    )
    change.save()

    assert found(scope) == {"claim_history"}


def test_find_an_entry_that_is_not_there(scope: Merchant) -> None:
    claim = make_claim()
    Claim.objects.update(version=2)
    ClaimChange.made_with(
        claim_id=claim.id, seq=2, event="claim.shared", to_status="new", actor="system", at=NOW, entry_id=new_id()
    ).save()

    assert found(scope) == {"claim_entry_missing"}


def test_find_a_processed_claim_whose_voucher_came_back(scope: Merchant) -> None:
    claim = claim_in(Status.PROCESSED)
    kept = {"processed_at": NOW, "processed_entry_id": claim.processed_entry_id, "status": Status.PROCESSED}
    processing.unprocess(claim_id=claim.id, **BY)
    Claim.objects.update(**kept)

    assert found(scope) == {"claim_history", "claim_processed_drawn", "claim_processed_entry"}


def test_find_a_voucher_that_its_claim_forgot(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED, kind="fixed")
    gifts.send_gift(claim_id=claim.id, **BY)
    Claim.objects.update(grant=None, gift_code="")

    assert found(scope) == {"claim_voucher_held"}


def test_find_codes_and_claims_that_disagree(scope: Merchant) -> None:
    claim = claim_in(Status.VERIFIED)
    gifts.send_gift(claim_id=claim.id, **BY)

    Claim.objects.update(code=None)
    assert found(scope) == {"claim_code_holder"}
    Claim.objects.update(code=Code.objects.get(value="GIFT-0002").id)
    assert found(scope) == {"claim_code_holder", "claim_code_taken"}


def test_see_this_merchants_claims_only(scope: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        make_claim()
        Claim.objects.update(status=Status.VERIFIED)

    assert found(scope) == set()


@pytest.mark.parametrize("name", CHECKS)
def test_name_the_merchant_in_every_part(name: str) -> None:
    _kind, _text, query = CHECKS[name]

    tables = query.count("claims_center_") + query.count("ledger.") + query.count("codes_code ")
    named = query.count("merchant_id = %(merchant)s") + query.count(".merchant_id = c.merchant_id")
    named += query.count(".merchant_id = g.merchant_id") + query.count(".merchant_id = k.merchant_id")
    named += query.count(".merchant_id = h.merchant_id")
    assert named >= tables
