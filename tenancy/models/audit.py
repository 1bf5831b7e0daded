"""The record of who changed settings, catalogue, members and keys, and of what happened at the gates."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from tenancy.base import MerchantModel
from tenancy.ids import new_id


class AuditEvent(MerchantModel):
    """One change, by whom, from where; never updated or deleted by the application."""

    action = models.CharField(max_length=80)
    actor = models.CharField(max_length=60)
    target_type = models.CharField(max_length=40)
    target_id = models.UUIDField(null=True)
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=500, blank=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        indexes = [
            models.Index(fields=["merchant", "-at", "-id"], name="audit_newest"),
            models.Index(fields=["merchant", "action", "-at", "-id"], name="audit_by_action"),
            models.Index(fields=["merchant", "actor", "-at", "-id"], name="audit_by_actor"),
            models.Index(fields=["merchant", "target_type", "target_id", "-at"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_type} {self.target_id}"


class SecurityEvent(models.Model):
    """Something at the gates: a sign-in, a refusal. Written on the `aside` connection, without foreign keys.

    A table without a merchant's walls, because a failed sign-in has no merchant yet.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    user_id = models.UUIDField(null=True)
    merchant_id = models.UUIDField(null=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user_id", "-at"], name="security_event_user")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
