"""What a customer gets."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.base import MerchantForeignKey, MerchantModel


class PromotionKind(models.TextChoices):
    """How the gift travels."""

    DIGITAL = "digital", _("Digital")
    PHYSICAL = "physical", _("Physical")


class Source(models.TextChoices):
    """Where a gift comes from."""

    POOL = "pool", _("Code from a pool")
    FIXED = "fixed", _("One fixed code")
    FILE = "file", _("File to download")
    ITEM = "item", _("Item to ship")


class Promotion(MerchantModel):
    """A gift: a code of a pool, one fixed code, a file, or an item that is shipped.

    `message` is the merchant's own text for the e-mail, with merge fields such as {first_name} and nothing else.
    """

    name = models.CharField(_("Name"), max_length=120)
    kind = models.CharField(_("Kind"), max_length=10, choices=PromotionKind.choices)
    source = models.CharField(_("Source"), max_length=10, choices=Source.choices)
    pool = MerchantForeignKey(
        "codes.CodePool", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Code pool")
    )
    fixed_code = models.CharField(_("Code"), max_length=120, blank=True)
    file = models.FileField(_("File"), upload_to="gifts/", max_length=200, blank=True)
    file_name = models.CharField(_("File name"), max_length=120, blank=True)
    item_name = models.CharField(_("Item"), max_length=200, blank=True)
    value = models.DecimalField(
        _("Value"), max_digits=10, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    currency = models.CharField(_("Currency"), max_length=3, default="USD")
    message = models.TextField(_("Message for the e-mail"), max_length=4000, blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="digital", source="pool", pool__isnull=False, fixed_code="", file="", item_name="")
                    | Q(kind="digital", source="fixed", pool__isnull=True, file="", item_name="") & ~Q(fixed_code="")
                    | Q(kind="digital", source="file", pool__isnull=True, fixed_code="", item_name="") & ~Q(file="")
                    | Q(kind="physical", source="item", pool__isnull=True, fixed_code="", file="") & ~Q(item_name="")
                ),
                name="promotion_source_fits_kind",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="promotion_value_not_negative"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="promotion_currency_code"),
            models.CheckConstraint(condition=~Q(name=""), name="promotion_has_name"),
        ]
        indexes = [
            models.Index(fields=["merchant", "name", "id"], name="promotion_by_name"),
            models.Index(fields=["merchant", "created_at", "id"], name="promotion_by_age"),
            models.Index(fields=["merchant", "kind", "id"], name="promotion_by_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_physical(self) -> bool:
        """Say whether the gift is shipped."""
        return self.kind == PromotionKind.PHYSICAL
