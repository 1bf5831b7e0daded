"""A product and where it is sold."""

import re
import uuid
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace, check_listing_url
from claims_center.models import Listing, Product
from tenancy import pictures as images
from tenancy.outbound import OutboundError, check_address
from ui.forms import StyledForm

ASIN = re.compile(r"^[A-Z0-9]{10}\Z")
REGION = re.compile(r"^[A-Z]{2}\Z")


class ProductForm(StyledForm):
    """Title, SKU and picture."""

    title = forms.CharField(label=_("Title"), max_length=200)
    sku = forms.CharField(label=_("SKU"), max_length=80, required=False)
    picture = forms.FileField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WEBP, at most 8 MB. It is made smaller, and its hidden details are removed."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    image_url = forms.URLField(
        label=_("Or its address"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("It is fetched once and then served from here. An address that begins with https://."),
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}),
    )
    no_picture = forms.BooleanField(label=_("Remove the picture"), required=False)

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        self.product = product
        if product is not None:
            values = {"title": product.title, "sku": product.sku, "image_url": product.image_url}
            kwargs.setdefault("initial", values)
        super().__init__(*args, **kwargs)
        if product is None or not product.image:
            del self.fields["no_picture"]

    def clean_sku(self) -> str:
        """Refuse a SKU that another product has."""
        sku: str = self.cleaned_data["sku"].strip()
        others = Product.objects.exclude(pk=self.product.pk) if self.product else Product.objects.all()
        if sku and others.filter(sku=sku).exists():
            raise ValidationError(_("Another product has this SKU."))
        return sku

    def clean_picture(self) -> bytes | None:
        """Take the picture apart and make it anew."""
        upload = self.cleaned_data.get("picture")
        return images.encode(upload) if upload else None

    def clean_image_url(self) -> str:
        """Refuse an address that nothing is ever fetched from."""
        url: str = self.cleaned_data["image_url"].strip()
        if url:
            try:
                check_address(url)
            except OutboundError as error:
                raise ValidationError(error.sentence) from error
        return url

    def values(self, merchant_id: uuid.UUID) -> dict[str, Any]:
        """Return the columns to save; keeps the new picture first, and then forgets the address of another one."""
        cleaned = self.cleaned_data
        uploaded = bool(cleaned.get("picture"))
        found = {
            "title": cleaned["title"],
            "sku": cleaned["sku"],
            "image_url": "" if uploaded else cleaned["image_url"],
        }
        if cleaned.get("picture"):
            found["image"] = images.store(merchant_id, cleaned["picture"])
        elif cleaned.get("no_picture"):
            found["image"] = ""
        return found


class ListingForm(forms.Form):
    """One place where the product is sold."""

    marketplace = forms.ChoiceField(
        label=_("Marketplace"), choices=[("", _("Choose")), *Marketplace.choices], required=False
    )
    region = forms.CharField(
        label=_("Region"), max_length=2, required=False, widget=forms.TextInput(attrs={"placeholder": "US"})
    )
    listing_id = forms.CharField(label=_("Listing id"), max_length=40, required=False)
    url = forms.CharField(
        label=_("Detail page"),
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "placeholder": "https://", "spellcheck": "false"}),
    )
    gone = forms.BooleanField(label=_("Remove"), required=False)

    use_required_attribute = False

    @property
    def is_blank(self) -> bool:
        """Say whether nothing was filled in, or the line is to be removed."""
        given = self.cleaned_data
        return bool(given.get("gone")) or not any(given.get(name) for name in ("marketplace", "listing_id", "url"))

    def clean_region(self) -> str:
        """Take two letters of a country, in capitals."""
        region: str = self.cleaned_data["region"].strip().upper()
        if region and not REGION.match(region):
            raise ValidationError(_("Two letters of a country, such as US."))
        return region

    def clean(self) -> dict[str, Any]:
        """Ask for what is missing in a line that was begun, and hold the address to its marketplace."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_blank:
            return given
        for name, words in MISSING.items():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, words)
        marketplace, listing_id, url = given.get("marketplace"), given.get("listing_id"), given.get("url")
        if marketplace == Marketplace.AMAZON and listing_id:
            given["listing_id"] = listing_id.strip().upper()
            if not ASIN.match(given["listing_id"]):
                self.add_error("listing_id", _("An ASIN has ten letters and digits."))
        if marketplace and url:
            self._check_url(marketplace, url)
        return given

    def _check_url(self, marketplace: str, url: str) -> None:
        try:
            check_listing_url(marketplace, url)
        except ValidationError as error:
            self.add_error("url", error)


MISSING = {
    "marketplace": _("Choose the marketplace."),
    "listing_id": _("Give the listing's id, such as the ASIN."),
    "url": _("Give the address of the product's page."),
}


class BaseListingFormSet(forms.BaseFormSet):
    """All places of one product; works without scripts: two empty lines wait to be filled in."""

    def __init__(self, *args: Any, product: Product | None = None, **kwargs: Any) -> None:
        self.product = product
        if product is not None:
            rows = product.listings.filter(archived_at__isnull=True).order_by("marketplace", "region", "listing_id")
            kwargs.setdefault("initial", [{name: getattr(one, name) for name in NAMES} for one in rows])
        super().__init__(*args, **kwargs)

    def clean(self) -> None:
        """Refuse the same listing twice, one that another product has, and a product without any."""
        if any(form.errors for form in self.forms):
            return
        seen: set[tuple[str, str, str]] = set()
        for form in self.filled():
            key = _key(form.cleaned_data)
            if key in seen:
                form.add_error("listing_id", _("This listing stands here twice."))
            elif self._owner(key) is not None:
                words = _("The product “%(title)s” has this listing.")
                form.add_error("listing_id", ValidationError(words, params={"title": self._owner(key)}))
            seen.add(key)
        if not seen:
            raise ValidationError(_("Give at least one place where the product is sold."))

    def filled(self) -> list[ListingForm]:
        """Return the lines that hold a listing."""
        return [form for form in self.forms if not form.is_blank]

    def values(self) -> list[dict[str, str]]:
        """Return the listings to save."""
        return [{name: form.cleaned_data[name] for name in NAMES} for form in self.filled()]

    def _owner(self, key: tuple[str, str, str]) -> str | None:
        rows = Listing.objects.filter(marketplace=key[0], region=key[1], listing_id=key[2])
        if self.product is not None:
            rows = rows.exclude(product=self.product)
        found: str | None = rows.values_list("product__title", flat=True).first()
        return found


NAMES = ("marketplace", "region", "listing_id", "url")


def _key(values: dict[str, Any]) -> tuple[str, str, str]:
    return values["marketplace"], values["region"], values["listing_id"]


ListingFormSet = cast(
    "type[BaseListingFormSet]",
    forms.formset_factory(
        ListingForm, formset=BaseListingFormSet, extra=2, max_num=40, absolute_max=60, validate_max=True
    ),
)
