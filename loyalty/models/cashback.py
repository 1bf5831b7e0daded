"""Paying cashback: the merchant's account at a provider, and each payment with its order id."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from loyalty.models.redeemed import RedeemedReward
from loyalty.states import CashbackStatus
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.secrets import decrypt, encrypt

TEST_SILENCE = timedelta(minutes=2)


class CashbackAccount(MerchantModel):
    """With what a merchant signs in at a provider. The key is encrypted at rest and never shown again.

    `test_asked_at` is when somebody asked for a test of the connection, `tested_at` when the last one ended; `test_code`
    is "" where it went well, else what the provider or the network said, with `test_words` beside it. Times are UTC.
    """

    provider = models.CharField(_("Provider"), max_length=20)
    base_url = models.URLField(_("Address"), max_length=200)
    merchant_code = models.CharField(_("Merchant id (MID)"), max_length=60)
    wallet = models.CharField(_("Sub-wallet id (GUID)"), max_length=60)
    key_sealed = models.TextField(editable=False)
    test_asked_at = models.DateTimeField(null=True, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    test_code = models.CharField(max_length=60, blank=True, editable=False)
    test_words = models.CharField(max_length=200, blank=True, editable=False)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "provider"], name="cashback_account_once"),
            models.CheckConstraint(condition=~Q(key_sealed=""), name="cashback_account_has_key"),
        ]

    def __str__(self) -> str:
        return self.provider

    def is_being_tested(self, *, at: datetime) -> bool:
        """Say whether a test was asked for that has not ended; one that is silent for two minutes has come to nothing."""
        asked = self.test_asked_at
        return asked is not None and self.tested_at is None and asked > at - TEST_SILENCE

    @property
    def key(self) -> str:
        """Return the key in the clear."""
        return decrypt(self.key_sealed)

    @key.setter
    def key(self, value: str) -> None:
        self.key_sealed = encrypt(value)


class CashbackPayment(MerchantModel):
    """One order at a provider. `order_id` is its idempotency key there and never changes.

    `sent_at` is written before the order goes out: an order with a time but no answer may have arrived, so its status
    is asked for; nothing is sent under another id while it is open. `attempt` counts a reward's orders: another one is
    made by a person, after a definite failure.
    """

    redeemed = MerchantForeignKey(RedeemedReward, on_delete=models.PROTECT, related_name="payments")
    attempt = models.PositiveSmallIntegerField(default=1)
    provider = models.CharField(max_length=20)
    order_id = models.CharField(max_length=50)
    status = models.CharField(max_length=10, choices=CashbackStatus.choices, default=CashbackStatus.INIT)
    code = models.CharField(max_length=60, blank=True)
    message = models.CharField(max_length=200, blank=True)
    transaction_id = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "redeemed", "attempt"], name="cashback_attempt_once"),
            models.UniqueConstraint(fields=["merchant", "provider", "order_id"], name="cashback_order_once"),
            # One order of a reward is open at most. Another that had failed may turn out to be paid: that has to be told.
            models.UniqueConstraint(
                fields=["merchant", "redeemed"],
                condition=Q(status__in=["init", "pending"]),
                name="cashback_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["success", "failure"], settled_at__isnull=False)
                | Q(status__in=["init", "pending"], settled_at__isnull=True),
                name="cashback_settled_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.order_id
