"""One run of an export, from the wish to the file at its place."""

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from exports.export_states import OPEN, Cause, ExportState
from exports.models.export import Export
from tenancy.base import MerchantForeignKey, MerchantModel
from ui.sorting import ranked

NO_FILE = -1


def of_file(column: str) -> Case:
    """Return a figure of a run's finished file, -1 where there is none."""
    return Case(When(sha256="", then=Value(NO_FILE)), default=F(column), output_field=models.BigIntegerField())


class ExportRun(MerchantModel):
    """A run with what became of it.

    `wanted` is the definition as it was when the run was asked for; `name`, `dataset` and `format` are copies that the
    list sorts by. The file stands outside the database (`exports.store`) until `kept_until`; `sha256`, `rows` and
    `size` (bytes) are those of the finished file, so a run that has a digest has its whole file. `since` and `upto`
    bound the transactions whose rows a run of changes holds: from the first, before the second, by the numbers of
    `server`. `error` says in words
    what went wrong, `error_code` by name; `delivered_to` in words where the file lies.
    """

    export = MerchantForeignKey(Export, on_delete=models.PROTECT, related_name="runs")
    name = models.CharField(_("Export"), max_length=120)
    dataset = models.CharField(_("Data"), max_length=40)
    format = models.CharField(_("Format"), max_length=10)
    wanted = models.JSONField(default=dict)
    state = models.CharField(_("State"), max_length=10, choices=ExportState.choices, default=ExportState.QUEUED)
    cause = models.CharField(_("Started"), max_length=10, choices=Cause.choices)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    rows = models.PositiveBigIntegerField(_("Rows"), default=0)
    size = models.PositiveBigIntegerField(_("Size"), default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(_("File"), max_length=200, blank=True)
    kept_until = models.DateTimeField(null=True)
    since = models.BigIntegerField(null=True)
    upto = models.BigIntegerField(null=True)
    server = models.BigIntegerField(null=True)
    delivered_to = models.CharField(max_length=500, blank=True)
    error = models.CharField(max_length=500, blank=True)
    error_code = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    queued_at = models.DateTimeField(_("Asked for"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job = MerchantForeignKey("jobs.Job", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ExportState.values), name="export_run_state_known"),
            models.CheckConstraint(condition=Q(cause__in=Cause.values), name="export_run_cause_known"),
            # Two runs of one definition would both begin where the last one ended.
            models.UniqueConstraint(
                fields=["merchant", "export"], condition=Q(state__in=OPEN), name="export_run_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, finished_at__isnull=True)
                | ~Q(state__in=OPEN) & Q(finished_at__isnull=False),
                name="export_run_end_has_time",
            ),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}$") & ~Q(file_name=""),
                name="export_run_file_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ExportState.DELIVERING, ExportState.DONE]) | ~Q(sha256=""),
                name="export_run_done_has_file",
            ),
            models.CheckConstraint(
                condition=~Q(state=ExportState.FAILED) | ~Q(error=""), name="export_run_failed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-queued_at", "-id"], name="export_run_newest"),
            models.Index(fields=["merchant", "name", "id"], name="export_run_by_name"),
            models.Index(fields=["merchant", "format", "id"], name="export_run_by_format"),
            models.Index(fields=["merchant", "state", "id"], name="export_run_by_state"),
            models.Index(F("merchant"), of_file("rows"), F("id"), name="export_run_sort_rows"),
            models.Index(F("merchant"), of_file("size"), F("id"), name="export_run_sort_size"),
            models.Index(F("merchant"), ranked("state", ExportState.values), F("id"), name="export_run_sort_state"),
            models.Index(fields=["merchant", "export", "queued_at", "id"], name="export_run_of_export"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.queued_at:%Y-%m-%d %H:%M}"

    @property
    def is_open(self) -> bool:
        """Say whether it is still under way."""
        return self.state in OPEN
