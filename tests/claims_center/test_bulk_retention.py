"""Bulk acts are kept as long as they are of use, and what they hold of people no longer."""

from datetime import timedelta

import pytest
from django.utils import timezone

from claims_center.bulk.retention import remove_old_acts
from claims_center.models import BulkAct, BulkRow, BulkSelection, ClaimChange
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.bulking import Shop, done, drafted, undone
from tests.support.keeping import keep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop(merchant: Merchant) -> Shop:
    with merchant_scope(merchant):
        return Shop()


def test_remove_previews_that_nobody_went_on_from(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        drafted("verify", [shop.claim()])
        assert remove_old_acts(now=timezone.now() + timedelta(hours=23), limit=10) == 0
        assert remove_old_acts(now=timezone.now() + timedelta(hours=25), limit=10) == 1
        assert (BulkAct.objects.count(), BulkSelection.objects.count()) == (0, 0)


def test_forget_what_stood_before_once_it_cannot_be_undone(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim("processed", "item") for _number in range(3)]
    done(merchant, "unprocess", claims)
    with merchant_scope(merchant):
        assert remove_old_acts(now=timezone.now() + timedelta(minutes=29), limit=10) == 0
        assert BulkRow.objects.filter(before__isnull=False).count() == 3
        later = timezone.now() + timedelta(minutes=31)
        assert [remove_old_acts(now=later, limit=2) for _turn in range(2)] == [2, 1]
        assert (BulkRow.objects.filter(before__isnull=False).count(), BulkRow.objects.count()) == (0, 3)


def test_remove_acts_and_their_undoing_after_ninety_days(merchant: Merchant, shop: Shop) -> None:
    with merchant_scope(merchant):
        claims = [shop.claim() for _number in range(3)]
    undone(merchant, done(merchant, "verify", claims))
    with merchant_scope(merchant):
        history = ClaimChange.objects.count()
        late = timezone.now() + timedelta(days=91)
        keep(act_days=180)
        # What could not be undone any more is forgotten all the same.
        while remove_old_acts(now=late, limit=2) == 2:
            pass
        assert (BulkAct.objects.count(), BulkRow.objects.count()) == (2, 6)
        keep(act_days=90)
        while remove_old_acts(now=late, limit=2) == 2:
            pass
        assert (BulkAct.objects.count(), BulkRow.objects.count(), ClaimChange.objects.count()) == (0, 0, history)
