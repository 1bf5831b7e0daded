"""What the lists of the catalogue can be narrowed by."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from claims_center.catalogue.selectors import RANKS
from claims_center.marketplaces import Marketplace
from claims_center.models import FunnelProduct, FunnelState, Listing, Product, Promotion, PromotionKind, Source
from ui.filters import ChoicesFilter, FilterSet, ModelChoicesFilter, SearchFilter, YesNoFilter
from ui.filters.words import with_words


class ProductFilter(FilterSet):
    """Products."""

    q = SearchFilter(method="search", label=_("Title or SKU"))
    marketplace = ChoicesFilter(choices=Marketplace.choices, method="sold_at", label=_("Marketplace"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by part of title or SKU; a catalogue is small."""
        return with_words(rows, text, "title", "sku")

    def sold_at(self, rows: QuerySet[Any], field_name: str, value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to products with a listing there."""
        listed = Listing.objects.filter(marketplace__in=value, archived_at__isnull=True)
        return rows.filter(pk__in=listed.values("product_id"))


class PromotionFilter(FilterSet):
    """Promotions."""

    q = SearchFilter(method="search", label=_("Name or gift"))
    kind = ChoicesFilter("kind", choices=PromotionKind.choices, label=_("Kind"))
    source = ChoicesFilter("source", choices=Source.choices, label=_("Gift"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by part of the name, or of the item, the file or the pool that is shown as the gift."""
        return with_words(rows, text, "name", "item_name", "file_name", "pool__name")


class FunnelFilter(FilterSet):
    """Funnels; the queryset carries each funnel's state as a number."""

    q = SearchFilter(method="search", label=_("Name or address"))
    state = ChoicesFilter(choices=FunnelState.choices, method="standing", label=_("State"))
    promotion = ModelChoicesFilter(
        "promotion", queryset=lambda: Promotion.objects.only("id", "name").order_by("name", "id"), label=_("Promotion")
    )
    product = ModelChoicesFilter(
        queryset=lambda: Product.objects.only("id", "title").order_by("title", "id"),
        method="offering",
        label=_("Product"),
        always=False,
    )

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by part of name or address."""
        return with_words(rows, text, "name", "slug")

    def standing(self, rows: QuerySet[Any], field_name: str, value: Sequence[str]) -> QuerySet[Any]:
        """Narrow to funnels in these states."""
        return rows.filter(state_rank__in=[RANKS[FunnelState(one)] for one in value])

    def offering(self, rows: QuerySet[Any], field_name: str, value: Sequence[Any]) -> QuerySet[Any]:
        """Narrow to funnels with one of these products."""
        offering = FunnelProduct.objects.filter(product__in=value)
        return rows.filter(pk__in=offering.values("funnel_id"))
