"""Products, promotions, funnels, visits, claims and orders."""

from claims_center.marketplaces import Marketplace
from claims_center.models.claim import Claim
from claims_center.models.funnel import Funnel, FunnelProduct, FunnelState, OrderNumberRule
from claims_center.models.history import ClaimChange, ClaimNote, ClaimToken
from claims_center.models.journey import Journey, Step
from claims_center.models.order import ClaimedNumber, Order, OrderItem, OrderStatus
from claims_center.models.product import Listing, Product
from claims_center.models.promotion import Promotion, PromotionKind, Source

__all__ = [
    "Claim",
    "ClaimChange",
    "ClaimNote",
    "ClaimToken",
    "ClaimedNumber",
    "Funnel",
    "FunnelProduct",
    "FunnelState",
    "Journey",
    "Listing",
    "Marketplace",
    "Order",
    "OrderItem",
    "OrderNumberRule",
    "OrderStatus",
    "Product",
    "Promotion",
    "PromotionKind",
    "Source",
    "Step",
]
