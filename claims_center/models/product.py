"""What the merchant sells, and where."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace, check_listing_url
from tenancy.base import MerchantForeignKey, MerchantModel


class Product(MerchantModel):
    """A product; `image` is a picture that was re-encoded and is served from our own side.

    `image_url` is where it is fetched from, once: then `image_fetched_at` is there, or `image_problem` says in words
    why it could not be.
    """

    title = models.CharField(_("Title"), max_length=200)
    sku = models.CharField(_("SKU"), max_length=80, blank=True)
    image = models.FileField(_("Image"), upload_to="products/", max_length=200, blank=True)
    image_url = models.URLField(_("Address of the picture"), max_length=500, blank=True, default="", db_default="")
    image_fetched_at = models.DateTimeField(null=True)
    image_problem = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "sku"], condition=~Q(sku=""), name="product_sku_once"),
            models.CheckConstraint(condition=~Q(title=""), name="product_has_title"),
        ]
        indexes = [
            models.Index(fields=["merchant", "title", "id"], name="product_by_title"),
            models.Index(fields=["merchant", "sku", "id"], name="product_by_sku"),
            models.Index(fields=["merchant", "created_at", "id"], name="product_by_age"),
        ]

    def __str__(self) -> str:
        return self.title


class Listing(MerchantModel):
    """A product's page on one marketplace. Its address is on that marketplace's own domains: save() refuses others."""

    product = MerchantForeignKey(Product, on_delete=models.PROTECT, related_name="listings")
    marketplace = models.CharField(_("Marketplace"), max_length=10, choices=Marketplace.choices)
    region = models.CharField(_("Region"), max_length=2, blank=True, help_text=_("Country code, such as US"))
    listing_id = models.CharField(_("Listing id"), max_length=40, help_text=_("On Amazon: the ASIN"))
    url = models.URLField(_("Detail page"), max_length=500)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "marketplace", "region", "listing_id"], name="listing_once"),
            models.CheckConstraint(condition=Q(marketplace__in=Marketplace.values), name="listing_marketplace_known"),
            models.CheckConstraint(condition=Q(url__startswith="https://"), name="listing_https"),
            models.CheckConstraint(condition=~Q(listing_id=""), name="listing_has_id"),
            models.CheckConstraint(condition=Q(region__regex=r"^([A-Z]{2})?$"), name="listing_region_code"),
        ]
        indexes = [models.Index(fields=["merchant", "product", "marketplace"], name="listing_of_product")]

    def __str__(self) -> str:
        return f"{self.get_marketplace_display()} {self.listing_id}"

    def clean(self) -> None:
        """Refuse an address that is not the marketplace's own."""
        try:
            check_listing_url(self.marketplace, self.url)
        except ValidationError as error:
            raise ValidationError({"url": error.messages}) from error

    def save(self, *args: object, **kwargs: object) -> None:
        """Refuse an address that is not the marketplace's own, then save."""
        check_listing_url(self.marketplace, self.url)
        super().save(*args, **kwargs)
