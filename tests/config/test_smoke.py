"""The trial that follows a distribution."""

import pytest

from config.smoke import grant_and_redeem
from customers.models import Customer
from ledger.models import Entry
from tenancy.models import Merchant
from tenancy.scope import merchant_scope


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_try_every_merchant_and_leave_nothing(merchant: Merchant, other_merchant: Merchant) -> None:
    assert grant_and_redeem() == 2
    for each in (merchant, other_merchant):
        with merchant_scope(each):
            assert (Customer.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_notice_a_wrong_sum(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.smoke.draw", lambda **_about: type("Posted", (), {"held_after": {}}))
    with pytest.raises(RuntimeError, match="less four"):
        grant_and_redeem()
