"""What the next sweeps of offer responses will do is said before."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from jobs.coming import Ahead
from offers import coming
from offers.expiry import expire_due, release_lapsed
from offers.models import OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers.factories import ended, give, soon


def test_responses_that_end_are_those_that_the_sweep_ends(scope: Merchant) -> None:
    ended(give()), ended(give(), ago=timedelta(hours=-30)), give()

    assert coming.responses(until=soon(hours=24)) == [
        Ahead("1 offer response expires", "offers:responses", "status=pending&status=clipped&sort=expires")
    ]
    assert len(coming.responses(until=soon(hours=48))) == 1
    assert expire_due(now=timezone.now()) == 1
    assert coming.responses(until=soon(hours=24)) == []


def test_reservations_that_lapse(scope: Merchant) -> None:
    response = give()
    OfferResponse.objects.filter(id=response.id).update(reserved_until=soon(minutes=-1), reservation="1" * 32)

    assert coming.reservations(until=timezone.now()) == [Ahead("1 reservation lapses", "offers:responses")]
    assert release_lapsed(now=timezone.now()) == 1
    assert coming.reservations(until=timezone.now()) == []


def test_the_command_ends_them_with_their_own_entries(merchant: Merchant, capsys: pytest.CaptureFixture[str]) -> None:
    with merchant_scope(merchant):
        known = ended(give())

    call_command("sweep_expiry", "--dry-run")
    call_command("sweep_expiry")

    dry, done = capsys.readouterr().out.splitlines()
    assert dry.endswith("; 1 offer response expires")
    assert done.endswith("0 coupons and vouchers, 1 offer responses")
    with merchant_scope(merchant):
        assert OfferResponse.objects.get(id=known.id).status == Status.EXPIRED
