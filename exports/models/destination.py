"""Where a merchant's files go: a file server, a storage, people's mailboxes."""

import json
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings as site
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.base import MerchantModel
from tenancy.secrets import decrypt, encrypt

TEST_SILENCE = timedelta(minutes=3)


class DestinationKind(models.TextChoices):
    """The ways a file leaves; a download needs no destination."""

    SFTP = "sftp", _("File Transfer (SFTP)")
    S3 = "s3", _("S3-compatible storage")
    EMAIL = "email", _("E-mail with a link")


class Destination(MerchantModel):
    """A place for exported files, with what signs in there.

    `settings` holds what may be shown (host, folder, bucket, recipients ...), by kind; `secret_sealed` the password,
    key or access key, encrypted and never shown again. `test_asked_at` is when somebody asked for a test of the
    connection, `tested_at` when the last one ended; `test_words` says what went wrong, "" where nothing did. Archived
    ones take no new exports and keep their runs' history. Times are UTC.
    """

    name = models.CharField(_("Name"), max_length=80)
    kind = models.CharField(_("Kind"), max_length=10, choices=DestinationKind.choices)
    settings = models.JSONField(default=dict)
    secret_sealed = models.TextField(blank=True, editable=False)
    test_asked_at = models.DateTimeField(null=True, editable=False)
    tested_at = models.DateTimeField(null=True, editable=False)
    test_words = models.CharField(max_length=300, blank=True, editable=False)
    created_by = models.ForeignKey(site.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("Created"))
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "name"], condition=Q(archived_at__isnull=True), name="destination_name_once"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="destination_has_name"),
            models.CheckConstraint(condition=Q(kind__in=DestinationKind.values), name="destination_kind_known"),
            models.CheckConstraint(
                condition=Q(kind=DestinationKind.EMAIL) | ~Q(secret_sealed=""), name="destination_has_secret"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "name", "id"], name="destination_by_name"),
            models.Index(fields=["merchant", "kind", "id"], name="destination_by_kind"),
            models.Index(fields=["merchant", "-created_at", "-id"], name="destination_newest"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def secret(self) -> dict[str, str]:
        """Return what signs in there, in the clear."""
        return json.loads(decrypt(self.secret_sealed)) if self.secret_sealed else {}

    @secret.setter
    def secret(self, value: dict[str, str]) -> None:
        self.secret_sealed = encrypt(json.dumps(value)) if value else ""

    def is_being_tested(self, *, at: datetime) -> bool:
        """Say whether a test was asked for that has not ended; one silent for three minutes has come to nothing."""
        asked = self.test_asked_at
        return asked is not None and self.tested_at is None and asked > at - TEST_SILENCE

    @property
    def place(self) -> str:
        """Return the one line that tells this destination from others: host and folder, bucket, recipients."""
        known: dict[str, Any] = self.settings
        if self.kind == DestinationKind.SFTP:
            return f"{known['username']}@{known['host']}{':' if known['folder'] else ''}{known['folder']}"
        if self.kind == DestinationKind.S3:
            return f"{known['bucket']}/{known['folder']}".rstrip("/")
        return ", ".join(known["recipients"])
