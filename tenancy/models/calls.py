"""The log of calls: what tills and shop systems asked for, and what they were answered. No personal data."""

from django.db import models

from tenancy.base import MerchantForeignKey, MerchantModel


class ApiCall(MerchantModel):
    """One call with a key: its route without ids, its answer's status and code, how long it took.

    Bodies, query strings and addresses are not kept; of the Idempotency-Key its fingerprint is.
    """

    key = MerchantForeignKey("tenancy.ApiKey", on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    method = models.CharField(max_length=7)
    route = models.CharField(max_length=120)
    status = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=60, blank=True)
    milliseconds = models.FloatField()
    operation = models.CharField(max_length=16, blank=True)
    request_id = models.CharField(max_length=64)

    class Meta(MerchantModel.Meta):
        indexes = [
            models.Index(fields=["merchant", "key", "-at", "-id"], name="api_call_newest"),
            models.Index(fields=["merchant", "key", "status", "-at", "-id"], name="api_call_by_status"),
            models.Index(fields=["merchant", "key", "milliseconds", "id"], name="api_call_by_time"),
            models.Index(fields=["merchant", "at"], name="api_call_age"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.status}"
