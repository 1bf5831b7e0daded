"""Acts on many responses, and offers given to many members: who asked for what, on whom, and what became of each."""

from typing import Any, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobs.bulk.models import BulkActBase, BulkRowBase, BulkSelectionBase
from offers.models.offer import Offer
from offers.models.response import OfferResponse
from tenancy.base import MerchantForeignKey

Named = TypeVar("Named", models.BaseConstraint, models.Index)


class BulkKind(models.TextChoices):
    """What can be done to many responses at once: the rows of the table of transitions."""

    CLIP = "clip", _("Clip")
    PROCESS = "process", _("Start processing")
    SHIP = "ship", _("Mark as shipped")
    COMPLETE = "complete", _("Complete")
    EXPIRE = "expire", _("Expire")
    CANCEL = "cancel", _("Cancel responses")
    REOPEN = "reopen", _("Reopen")
    REVERSE = "reverse", _("Reverse")


class BulkAct(BulkActBase):
    """One act of one person on many responses, or the taking back of one; see `jobs.bulk.models`."""

    class Meta(BulkActBase.Meta):
        abstract = False
        constraints = [
            *BulkActBase.Meta.constraints,
            models.CheckConstraint(condition=Q(act__in=BulkKind.values), name="offers_bulk_act_known"),
        ]


class BulkSelection(BulkSelectionBase):
    """The responses of an act that is not over."""

    bulk = MerchantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="selections")

    class Meta(BulkSelectionBase.Meta):
        abstract = False


class BulkRow(BulkRowBase):
    """What became of one response in an act."""

    bulk = MerchantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows")
    response = MerchantForeignKey(OfferResponse, on_delete=models.CASCADE, related_name="bulk_rows")

    class Meta(BulkRowBase.Meta):
        abstract = False
        constraints = [
            *BulkRowBase.Meta.constraints,
            models.UniqueConstraint(fields=["merchant", "bulk", "response"], name="offers_bulk_row_once"),
        ]
        indexes = [
            *BulkRowBase.Meta.indexes,
            models.Index(fields=["merchant", "response"], name="offers_bulk_row_of"),
        ]


ASSIGN = "assign"


def _ours(several: list[Named]) -> list[Named]:
    """Return what the tables of bulk acts have, under names of their own: this room has such tables twice."""
    made = []
    for one in several:
        _path, args, kwargs = one.deconstruct()
        kwargs["name"] = kwargs["name"].replace("%(app_label)s_bulk", "offers_assign")
        made.append(type(one)(*args, **kwargs))
    return made


class Assignment(BulkActBase):
    """One offer given to many members by one person, or the taking back of it.

    `starts_clipped`: the responses begin as Clipped, else as Pending. `again`: also to members who have it already.
    `file_name` names the uploaded list that the members came from, of which `unknown` lines named nobody; the first of
    them stand in `unknown_lines`.
    """

    offer = MerchantForeignKey(Offer, on_delete=models.PROTECT, related_name="assignments")
    starts_clipped = models.BooleanField(default=False)
    again = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    unknown = models.PositiveIntegerField(default=0)
    unknown_lines = ArrayField(models.IntegerField(), default=list)

    class Meta(BulkActBase.Meta):
        abstract = False
        constraints = [
            *_ours(BulkActBase.Meta.constraints),
            models.CheckConstraint(condition=Q(act=ASSIGN), name="offers_assign_act_known"),
        ]
        indexes = [
            *_ours(BulkActBase.Meta.indexes),
            models.Index(fields=["merchant", "offer", "created_at"], name="offers_assign_of_offer"),
        ]

    def op_key_for(self, customer_id: Any) -> str:
        """Return the name of giving the offer to one member by this act: one response however often it is tried."""
        return f"assign:{self.id}:{customer_id}"


class AssignmentSelection(BulkSelectionBase):
    """The members of an assignment that is not over."""

    bulk = MerchantForeignKey(Assignment, on_delete=models.CASCADE, related_name="selections")

    class Meta(BulkSelectionBase.Meta):
        abstract = False
        constraints = _ours(BulkSelectionBase.Meta.constraints)


class AssignmentRow(BulkRowBase):
    """What became of one member in an assignment."""

    bulk = MerchantForeignKey(Assignment, on_delete=models.CASCADE, related_name="rows")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")

    class Meta(BulkRowBase.Meta):
        abstract = False
        constraints = [
            *_ours(BulkRowBase.Meta.constraints),
            models.UniqueConstraint(fields=["merchant", "bulk", "customer"], name="offers_assign_row_once"),
        ]
        indexes = [
            *_ours(BulkRowBase.Meta.indexes),
            models.Index(fields=["merchant", "customer"], name="offers_assign_row_of"),
        ]
