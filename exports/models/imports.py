"""One file that was brought in, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.states import RunState
from tenancy.base import MerchantForeignKey, MerchantModel


class ImportRun(MerchantModel):
    """An import from the upload to its result.

    The file itself stands outside the database (`exports.files`) and is removed when its time is over; `problems`
    holds line numbers with reasons, `sample` the first rows as they were understood, both without contact details.
    """

    dataset = models.CharField(_("What"), max_length=40)
    state = models.CharField(_("State"), max_length=10, choices=RunState.choices, default=RunState.READING)
    file_name = models.CharField(_("File"), max_length=200)
    size = models.PositiveBigIntegerField(_("Size"))
    sha256 = models.CharField(max_length=64)
    format_name = models.CharField(max_length=80, blank=True)
    added = models.PositiveIntegerField(_("Added"), default=0)
    changed = models.PositiveIntegerField(_("Changed"), default=0)
    skipped = models.PositiveIntegerField(_("Skipped"), default=0)
    refused = models.PositiveIntegerField(_("Refused"), default=0)
    problems = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("Uploaded"))
    finished_at = models.DateTimeField(_("Finished"), null=True)
    job = MerchantForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="import_run_state_known"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="import_run_has_digest"),
            models.CheckConstraint(
                condition=~Q(state__in=[RunState.DONE, RunState.FAILED, RunState.CANCELLED])
                | Q(finished_at__isnull=False),
                name="import_run_end_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-uploaded_at", "-id"], name="import_run_newest"),
            models.Index(fields=["merchant", "file_name", "id"], name="import_run_by_file"),
            models.Index(fields=["merchant", "state", "id"], name="import_run_by_state"),
            models.Index(fields=["merchant", "sha256"], name="import_run_same_file"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.file_name}"

    @property
    def rows(self) -> int:
        """Return how many rows were understood."""
        return self.added + self.changed + self.skipped
