"""Forms of the catalogue."""

from claims_center.catalogue.forms.funnels import FunnelForm
from claims_center.catalogue.forms.products import ListingFormSet, ProductForm
from claims_center.catalogue.forms.promotions import PromotionForm

__all__ = ["FunnelForm", "ListingFormSet", "ProductForm", "PromotionForm"]
