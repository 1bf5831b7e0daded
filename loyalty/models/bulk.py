"""Acts on many redeemed rewards: who asked for what, on which, and what became of each."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from jobs.bulk.models import BulkActBase, BulkRowBase, BulkSelectionBase
from loyalty.models.redeemed import RedeemedReward
from tenancy.base import MerchantForeignKey


class BulkKind(models.TextChoices):
    """What can be done to many redeemed rewards at once."""

    USE = "use", _("Mark as Used")
    UNUSE = "unuse", _("Mark as Unused")
    SHIP = "ship", _("Mark as Shipped")
    DELIVER = "deliver", _("Mark as Delivered")
    STOP_SHIPPING = "stop_shipping", _("Cancel shipping")
    ORDER_AGAIN = "order_again", _("Order shipping again")
    RESEND = "resend", _("Send fulfilment mail again")
    CANCEL = "cancel", _("Cancel rewards")


class BulkAct(BulkActBase):
    """One act of one person on many redeemed rewards, or the taking back of one; see `jobs.bulk.models`."""

    class Meta(BulkActBase.Meta):
        abstract = False
        constraints = [
            *BulkActBase.Meta.constraints,
            models.CheckConstraint(condition=Q(act__in=BulkKind.values), name="loyalty_bulk_act_known"),
        ]


class BulkSelection(BulkSelectionBase):
    """The redeemed rewards of an act that is not over."""

    bulk = MerchantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="selections")

    class Meta(BulkSelectionBase.Meta):
        abstract = False


class BulkRow(BulkRowBase):
    """What became of one redeemed reward in an act."""

    bulk = MerchantForeignKey(BulkAct, on_delete=models.CASCADE, related_name="rows")
    redeemed = MerchantForeignKey(RedeemedReward, on_delete=models.CASCADE, related_name="bulk_rows")

    class Meta(BulkRowBase.Meta):
        abstract = False
        constraints = [
            *BulkRowBase.Meta.constraints,
            models.UniqueConstraint(fields=["merchant", "bulk", "redeemed"], name="loyalty_bulk_row_once"),
        ]
        indexes = [
            *BulkRowBase.Meta.indexes,
            models.Index(fields=["merchant", "redeemed"], name="loyalty_bulk_row_of"),
        ]
