"""Products, promotions, funnels, visits, claims and orders."""

from claims_center.marketplaces import Marketplace
from claims_center.models.bulk import BulkAct, BulkKind, BulkRow, BulkSelection, BulkState
from claims_center.models.claim import Claim
from claims_center.models.funnel import FormerAddress, Funnel, FunnelProduct, FunnelState, OrderNumberRule
from claims_center.models.history import ClaimChange, ClaimNote, ClaimToken
from claims_center.models.journey import Journey, ReminderRefusal, Step, Via
from claims_center.models.order import (
    ClaimedNumber,
    Order,
    OrderAlias,
    OrderBatch,
    OrderChange,
    OrderItem,
    OrderStatus,
)
from claims_center.models.product import Listing, Product
from claims_center.models.promotion import Promotion, PromotionKind, Source
from claims_center.models.signal import ClaimTrait, SignalDismissal, SignalKind, SignalRules
from claims_center.models.tally import ClaimTally, TallyChange, TallyState

__all__ = [
    "BulkAct",
    "BulkKind",
    "BulkRow",
    "BulkSelection",
    "BulkState",
    "Claim",
    "ClaimChange",
    "ClaimNote",
    "ClaimTally",
    "ClaimToken",
    "ClaimTrait",
    "ClaimedNumber",
    "FormerAddress",
    "Funnel",
    "FunnelProduct",
    "FunnelState",
    "Journey",
    "Listing",
    "Marketplace",
    "Order",
    "OrderAlias",
    "OrderBatch",
    "OrderChange",
    "OrderItem",
    "OrderNumberRule",
    "OrderStatus",
    "Product",
    "Promotion",
    "PromotionKind",
    "ReminderRefusal",
    "SignalDismissal",
    "SignalKind",
    "SignalRules",
    "Source",
    "Step",
    "TallyChange",
    "TallyState",
    "Via",
]
