"""Who may act for a merchant: people by membership, machines by key."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenancy.base import MerchantModel
from tenancy.ids import new_id
from tenancy.roles import Role


class Membership(models.Model):
    """One person's role with one merchant.

    A reference table without row level security, because it is what says which merchant's door may be opened; read
    only through `tenancy.selectors.memberships_of` and `tenancy.selectors.members_of`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merchant = models.ForeignKey("tenancy.Merchant", on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.PositiveSmallIntegerField(choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.get_role_display()}"


class ApiKey(MerchantModel):
    """A till's or shop system's key; only its SHA-256 is kept, which its 256 random bits allow."""

    name = models.CharField(max_length=120)
    # The beginning of the key, by which its owner knows it again.
    prefix = models.CharField(max_length=24)
    key_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "key_hash"], name="api_key_once")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    def is_usable(self, at: datetime) -> bool:
        """Tell whether the key opens anything at this moment."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > at)
