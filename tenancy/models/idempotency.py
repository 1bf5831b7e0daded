"""One act, one effect: what was answered to a request that may come again."""

from django.db import models
from django.db.models import Q

from tenancy.base import MerchantModel


class IdempotencyRecord(MerchantModel):
    """A request by its key, and its answer. Unique, so that who cannot write it has done nothing."""

    principal = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            # The key first: a till's call is looked up before it is known who calls.
            models.UniqueConstraint(fields=["merchant", "key", "principal"], name="idempotency_by_key"),
            # Said by what must not be in it: a pattern that counts costs each call more than the rest of its record.
            models.CheckConstraint(
                condition=~Q(key="") & ~Q(key__regex=r"[^\x21-\x7e]"), name="idempotency_key_is_visible"
            ),
        ]
        indexes = [models.Index(fields=["merchant", "created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return f"{self.principal} {self.key}"
