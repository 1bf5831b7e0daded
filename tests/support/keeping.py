"""Choosing how long a merchant's records are kept."""

from django.utils import timezone

from tenancy.actors import Actor
from tenancy.keeping import retention
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id
from tenancy.services.retention import save_retention


def keep(**periods: int) -> None:
    """Choose periods, in days, for the merchant in scope."""
    merchant = Merchant.objects.get(pk=current_merchant_id())
    version = retention().version
    save_retention(merchant=merchant, periods=periods, version=version, actor=Actor.system(), now=timezone.now())
