"""What a merchant wants to have as a file, and when."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from exports.export_states import Schedule
from exports.formats.columns import DECIMAL_SIGNS, SEPARATORS
from exports.formats.kinds import Format
from exports.models.destination import Destination
from jobs.states import Priority
from tenancy.base import MerchantForeignKey, MerchantModel

NEVER = "2999-12-31T00:00:00+00:00"
MOST_FAILURES = 5


class Export(MerchantModel):
    """A definition: which rows of which list, which columns in which order, as what kind of file, to where, when.

    `query` holds the list's own parameters for its filters and `sort` its sort. A run has the rights that `owner` has
    at that moment. With `changed_only` it takes the rows that transactions from `watermark` on have written, by
    the numbers of `server` (see `exports.snapshot`). `at_minute` is the minute of the merchant's day (of the hour for hourly ones), `weekday` 0 for
    Monday, `month_day` 1 to 31 (the last day of shorter months). `next_at` is when it runs next by itself, None where
    it does not; `turn` counts the schedules that were set, so that a job of an earlier one does nothing. `failures`
    counts the runs in a row that failed: five stop the schedule (`stopped_at`). No destination means download.
    """

    name = models.CharField(_("Name"), max_length=120)
    dataset = models.CharField(_("Data"), max_length=40)
    columns = ArrayField(models.CharField(max_length=60), verbose_name=_("Columns"))
    query = models.TextField(blank=True, max_length=4000)
    sort = models.CharField(max_length=60, blank=True)

    format = models.CharField(_("Format"), max_length=10, choices=Format.choices, default=Format.CSV)
    separator = models.CharField(_("Separator"), max_length=1, choices=list(SEPARATORS.items()), default=",")
    decimal_sign = models.CharField(_("Decimal sign"), max_length=1, choices=list(DECIMAL_SIGNS.items()), default=".")
    bom = models.BooleanField(_("Byte order mark"), default=False)
    harmless = models.BooleanField(_("For spreadsheets"), default=True)
    changed_only = models.BooleanField(_("Only what has changed since the last run"), default=False)
    watermark = models.BigIntegerField(default=0, editable=False)
    server = models.BigIntegerField(null=True, editable=False)

    destination = MerchantForeignKey(
        Destination, on_delete=models.PROTECT, null=True, blank=True, related_name="exports", verbose_name=_("Goes to")
    )
    schedule = models.CharField(_("Runs"), max_length=10, choices=Schedule.choices, default=Schedule.NEVER)
    once_at = models.DateTimeField(_("Runs at"), null=True, blank=True)
    at_minute = models.PositiveSmallIntegerField(default=0)
    weekday = models.PositiveSmallIntegerField(default=0)
    month_day = models.PositiveSmallIntegerField(default=1)
    turn = models.PositiveIntegerField(default=0, editable=False)
    next_at = models.DateTimeField(_("Next run"), null=True, editable=False)
    priority = models.PositiveSmallIntegerField(_("Priority"), choices=Priority.choices, default=Priority.NORMAL)

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    stopped_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("Created"))
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    next_rank = models.GeneratedField(
        expression=Coalesce("next_at", Value(NEVER, output_field=models.DateTimeField())),
        output_field=models.DateTimeField(),
        db_persist=True,
    )

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="export_has_name"),
            models.CheckConstraint(condition=~Q(columns=[]), name="export_has_columns"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="export_format_known"),
            models.CheckConstraint(condition=Q(schedule__in=Schedule.values), name="export_schedule_known"),
            models.CheckConstraint(
                condition=Q(schedule=Schedule.ONCE, once_at__isnull=False)
                | ~Q(schedule=Schedule.ONCE) & Q(once_at__isnull=True),
                name="export_once_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(at_minute__lt=1440, weekday__lt=7, month_day__gte=1, month_day__lte=31),
                name="export_schedule_in_bounds",
            ),
            models.CheckConstraint(
                condition=Q(next_at__isnull=True)
                | ~Q(schedule=Schedule.NEVER) & Q(stopped_at__isnull=True, archived_at__isnull=True),
                name="export_runs_while_in_use",
            ),
            models.CheckConstraint(condition=Q(watermark__gte=0), name="export_watermark_not_negative"),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="export_newest"),
            models.Index(fields=["merchant", "name", "id"], name="export_by_name"),
            models.Index(fields=["merchant", "dataset", "id"], name="export_by_dataset"),
            models.Index(fields=["merchant", "format", "id"], name="export_by_format"),
            models.Index(fields=["merchant", "next_rank", "id"], name="export_by_next"),
        ]

    def __str__(self) -> str:
        return self.name
