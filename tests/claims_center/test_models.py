"""The database holds the room's rules, whatever Python does."""

import pytest

from claims_center.models import Product
from tenancy.models import Merchant


def test_save_product_in_scope(scope: Merchant) -> None:
    from django.utils import timezone

    row = Product.objects.create(title="Kettle", created_at=timezone.now())
    assert Product.objects.get().id == row.id
