"""Pools and their codes."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from codes import shown
from codes.normalise import MAX_LENGTH
from codes.states import LOOK_ALIKES, CodeState, PoolKind
from tenancy.base import MerchantForeignKey, MerchantModel


class CodePool(MerchantModel):
    """A stock of codes. It is low when `low_mark` codes or fewer are free, or when they last less than `low_days`."""

    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Source"), max_length=10, choices=PoolKind.choices, default=PoolKind.UPLOAD)
    pattern = models.CharField(_("Pattern"), max_length=MAX_LENGTH, blank=True)
    excluded = models.CharField(_("Signs left out"), max_length=36, blank=True, default=LOOK_ALIKES)
    low_mark = models.PositiveIntegerField(
        _("Warn when so many codes are left"), default=20, validators=[MaxValueValidator(1_000_000)]
    )
    low_days = models.PositiveSmallIntegerField(
        _("Warn when codes last fewer days than"), default=7, validators=[MaxValueValidator(365)]
    )
    low_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "name"], name="code_pool_name_once"),
            models.CheckConstraint(condition=Q(kind__in=PoolKind.values), name="code_pool_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="code_pool_has_name"),
        ]
        indexes = [models.Index(fields=["merchant", "-created_at", "-id"], name="code_pool_newest")]

    def __str__(self) -> str:
        return self.name


class CodeUpload(MerchantModel):
    """One file of codes, taken whole or refused whole: `problems` are pairs of line and reason, never a code."""

    pool = MerchantForeignKey(CodePool, on_delete=models.CASCADE, related_name="uploads")
    file_name = models.CharField(max_length=200, blank=True)
    added = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["merchant", "pool", "at", "id"], name="code_upload_newest")]

    def __str__(self) -> str:
        return self.file_name


class Waiting(MerchantModel):
    """A document that waits for a code of a pool. The line is served by `asked_at`, then by id; who is served leaves it."""

    pool = MerchantForeignKey(CodePool, on_delete=models.PROTECT, related_name="line")
    origin = models.CharField(max_length=40)
    origin_id = models.UUIDField()
    actor = models.CharField(max_length=60)
    asked_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "origin", "origin_id"], name="code_waiting_once"),
            models.CheckConstraint(condition=~Q(origin=""), name="code_waiting_has_origin"),
        ]
        indexes = [models.Index(fields=["merchant", "pool", "asked_at", "id"], name="code_waiting_in_line")]

    def __str__(self) -> str:
        return f"{self.origin} {self.origin_id}"


class Code(MerchantModel):
    """One code. Compared by `value_norm`; a holder (a document) holds at most one live code."""

    pool = MerchantForeignKey(CodePool, on_delete=models.PROTECT, related_name="codes")
    value = models.CharField(max_length=MAX_LENGTH)
    value_norm = models.CharField(max_length=MAX_LENGTH)
    state = models.CharField(max_length=5, choices=CodeState.choices, default=CodeState.FREE)
    holder_origin = models.CharField(max_length=40, blank=True)
    holder_id = models.UUIDField(null=True)
    taken_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "value_norm"], name="code_value_once"),
            models.UniqueConstraint(
                fields=["merchant", "holder_origin", "holder_id"],
                condition=Q(state=CodeState.TAKEN),
                name="code_one_for_holder",
            ),
            models.CheckConstraint(condition=Q(state__in=CodeState.values), name="code_state_known"),
            models.CheckConstraint(condition=~Q(value_norm=""), name="code_has_value"),
            models.CheckConstraint(
                condition=Q(state=CodeState.FREE, holder_origin="", holder_id__isnull=True, taken_at__isnull=True)
                | Q(state=CodeState.BURNT)
                | (Q(state=CodeState.TAKEN, holder_id__isnull=False, taken_at__isnull=False) & ~Q(holder_origin="")),
                name="code_taken_has_holder",
            ),
        ]
        indexes = [
            # Taking reads the free ones in this order; lists and counts use it too.
            models.Index(fields=["merchant", "pool", "state", "id"], name="code_by_state"),
            models.Index(fields=["merchant", "pool", "id"], name="code_in_order"),
            models.Index(fields=["merchant", "pool", "taken_at"], name="code_taken"),
            models.Index(*shown.in_pool(shown.ending()), name="code_sort_ending"),
            models.Index(*shown.in_pool(shown.holder()), name="code_sort_holder"),
            models.Index(*shown.in_pool(shown.taken()), name="code_sort_taken"),
        ]

    def __str__(self) -> str:
        # Never the code itself: this ends up in logs.
        return f"code {self.id}"
