"""An act on many documents: who asked for what, on which, and what became of each. Rooms make tables of these."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.base import MerchantForeignKey, MerchantModel


class BulkState(models.TextChoices):
    """How far an act has come. A draft is its preview: nothing was done, and it may never be."""

    DRAFT = "draft", _("Preview")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    FAILED = "failed", _("Failed")


class BulkActBase(MerchantModel):
    """One act of one person on many documents, or, with `undoes`, the taking back of one.

    `query` holds the list's filters where all that match were chosen; they are looked at again for each document when
    its turn comes. `position` is how many have had their turn; `outcomes` counts those by the letter of their outcome.
    It can be undone until `undo_until` (UTC), once.
    """

    act = models.CharField(max_length=20)
    undoes = MerchantForeignKey("self", on_delete=models.CASCADE, null=True, related_name="undone_by")
    actor = models.CharField(max_length=60)
    everything = models.BooleanField(default=False)
    query = models.TextField(blank=True)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=BulkState.choices, default=BulkState.DRAFT)
    job_id = models.UUIDField(null=True)
    total = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    outcomes = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undo_until = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BulkState.values), name="%(app_label)s_bulk_state_known"),
            models.CheckConstraint(
                condition=Q(state=BulkState.DRAFT, started_at__isnull=True, position=0)
                | (~Q(state=BulkState.DRAFT) & Q(started_at__isnull=False)),
                name="%(app_label)s_bulk_draft_did_nothing",
            ),
            models.UniqueConstraint(
                fields=["merchant", "undoes"],
                condition=Q(undoes__isnull=False),
                name="%(app_label)s_bulk_undone_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "created_at", "id"], name="%(app_label)s_bulk_by_time"),
            models.Index(fields=["merchant", "finished_at"], name="%(app_label)s_bulk_by_end"),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def skipped(self) -> int:
        """Return how many documents had their turn and were left as they are."""
        return self.position - self.done


class BulkSelectionBase(MerchantModel):
    """The documents of an act that is not over: their ids in order, and each one's version at the preview.

    A room's own class adds `bulk`, the reference to its act.

    Two arrays in one row: choosing a hundred thousand costs one statement, and nothing where the act is not begun.
    """

    ids = ArrayField(models.UUIDField(), default=list)
    versions = ArrayField(models.IntegerField(), default=list)

    class Meta(MerchantModel.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["merchant", "bulk"], name="%(app_label)s_bulk_selection_once"),
        ]

    def __str__(self) -> str:
        return f"selection of {len(self.ids)}"


class BulkRowBase(MerchantModel):
    """What became of one document in an act; a room's own class adds `bulk` and the reference to the document.

    `seen` is its version at the preview, `outcome` one letter (see `jobs.bulk.outcomes`), `seq` the number of the change
    in its history where it was done, `before` the columns that the act changed, as they stood; emptied when the act
    cannot be undone any more.
    """

    position = models.PositiveIntegerField()
    seen = models.PositiveIntegerField()
    outcome = models.CharField(max_length=1)
    reason = models.CharField(max_length=300, blank=True)
    seq = models.PositiveIntegerField(null=True)
    before = models.JSONField(null=True)

    class Meta(MerchantModel.Meta):
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["merchant", "bulk", "position"], name="%(app_label)s_bulk_row_in_order"),
            models.CheckConstraint(condition=~Q(outcome=""), name="%(app_label)s_bulk_row_has_outcome"),
        ]
        indexes = [
            models.Index(fields=["merchant", "bulk", "outcome", "position"], name="%(app_label)s_bulk_row_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.outcome}"
