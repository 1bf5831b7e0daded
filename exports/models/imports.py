"""One file that was brought in, and what became of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.states import RunState, Undone, UndoState
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.imports.contract import Became
from tenancy.imports.naming import Naming
from tenancy.seen import mark


class ImportRun(MerchantModel):
    """An import from the upload to its result.

    The file itself stands outside the database (`exports.files`) and is removed when its time is over; `problems`
    holds line numbers with reasons, `sample` the first rows as they were understood, both without contact details.
    `columns` says in order what each of the file's columns means ("" for one left out), `fixed` what is the same in all
    lines; None where the file needs no naming. `has_rows`: what became of each line is kept still. An undo goes through
    the lines in their order, up to line `undo_line` so far.
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
    columns = models.JSONField(null=True)
    fixed = models.JSONField(default=dict)
    has_rows = models.BooleanField(default=False)
    undo_state = models.CharField(max_length=10, choices=UndoState.choices, blank=True)
    undo_line = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    not_undone = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=RunState.values), name="import_run_state_known"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="import_run_has_digest"),
            models.CheckConstraint(
                condition=~Q(state__in=[RunState.DONE, RunState.FAILED, RunState.CANCELLED])
                | Q(finished_at__isnull=False),
                name="import_run_end_has_time",
            ),
            models.CheckConstraint(condition=Q(undo_state__in=UndoState.values), name="import_run_undo_known"),
            models.CheckConstraint(
                condition=Q(undo_state=UndoState.NONE) | Q(state__in=[RunState.DONE, RunState.FAILED]),
                name="import_run_undone_was_done",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-uploaded_at", "-id"], name="import_run_newest"),
            models.Index(fields=["merchant", "file_name", "id"], name="import_run_by_file"),
            models.Index(fields=["merchant", "state", "id"], name="import_run_by_state"),
            models.Index(fields=["merchant", "added", "id"], name="import_run_by_added"),
            models.Index(fields=["merchant", "changed", "id"], name="import_run_by_changed"),
            models.Index(fields=["merchant", "skipped", "id"], name="import_run_by_skipped"),
            models.Index(fields=["merchant", "refused", "id"], name="import_run_by_refused"),
            models.Index(fields=["merchant", "sha256"], name="import_run_same_file"),
        ]

    def __str__(self) -> str:
        return f"{self.dataset} {self.file_name}"

    @property
    def naming(self) -> Naming | None:
        """Return what the columns of the file mean, None where its headers say it."""
        return None if self.columns is None else Naming(by_place=tuple(self.columns), fixed=self.fixed)

    @property
    def said(self) -> str:
        """Return a mark of what the columns mean: a page that shows a preview says by it which one it shows."""
        return mark([self.columns, sorted(self.fixed.items())])

    @property
    def rows(self) -> int:
        """Return how many rows were understood."""
        return self.added + self.changed + self.skipped

    @property
    def undo_done(self) -> int:
        """Return how many lines an undo has dealt with so far."""
        return self.undone + self.not_undone

    @property
    def undo_total(self) -> int:
        """Return how many lines an undo has to deal with."""
        return self.added + self.changed


class ImportRow(MerchantModel):
    """What became of one line of a file; kept as long as the file.

    `document` is what it made or changed, `mark` how that was counted right after (see `tenancy.imports.contract`).
    `undone` and `why` say what came of it when the import was taken back; `why` is also why a line was refused.
    """

    run = MerchantForeignKey(ImportRun, on_delete=models.CASCADE, related_name="lines")
    line = models.PositiveIntegerField(_("Line"))
    became = models.CharField(max_length=1)
    document = models.UUIDField(null=True)
    mark = models.BigIntegerField(null=True)
    undone = models.CharField(max_length=1, choices=Undone.choices, blank=True)
    why = models.CharField(max_length=300, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "run", "line"], name="import_row_once"),
            models.CheckConstraint(condition=Q(became__in=list(Became)), name="import_row_became_known"),
            models.CheckConstraint(condition=Q(undone__in=Undone.values), name="import_row_undone_known"),
        ]
        indexes = [models.Index(fields=["merchant", "run", "became", "line"], name="import_row_by_outcome")]

    def __str__(self) -> str:
        return f"{self.line} {self.became}"


class ImportColumn(MerchantModel):
    """What a person said that a header means, the last time; "" for a column that was left out."""

    LONGEST: ClassVar[int] = 120

    dataset = models.CharField(max_length=40)
    header = models.CharField(max_length=LONGEST)
    meaning = models.CharField(max_length=40, blank=True)
    said_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "dataset", "header"], name="import_column_once")]

    def __str__(self) -> str:
        return f"{self.dataset} {self.header}"
