"""Invitations to a merchant's staff."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenancy.base import MerchantModel
from tenancy.roles import Role


class Invitation(MerchantModel):
    """A link, sent to one address, by which its owner joins once; only the link's hash is kept."""

    email = models.EmailField()
    role = models.PositiveSmallIntegerField(choices=Role)
    token_hash = models.CharField(max_length=64)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False, null=True
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "token_hash"], name="invitation_token_once"),
            models.UniqueConstraint(
                fields=["merchant", "email"],
                condition=Q(accepted_at=None, withdrawn_at=None),
                name="invitation_open_once",
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="invitation_role_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="invitation_lasts"),
        ]

    def __str__(self) -> str:
        return self.email

    def is_open(self, at: datetime) -> bool:
        """Tell whether the invitation can be accepted at this moment."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at
