"""Staff pages of the catalogue."""

from claims_center.catalogue.views.funnels import (
    FunnelClose,
    FunnelDetail,
    FunnelEdit,
    FunnelList,
    FunnelNew,
    FunnelPublish,
    FunnelQr,
)
from claims_center.catalogue.views.products import (
    ProductArchive,
    ProductEdit,
    ProductList,
    ProductNew,
    ProductRestore,
)
from claims_center.catalogue.views.promotions import (
    PromotionArchive,
    PromotionEdit,
    PromotionFile,
    PromotionList,
    PromotionNew,
    PromotionRestore,
)

__all__ = [
    "FunnelClose",
    "FunnelDetail",
    "FunnelEdit",
    "FunnelList",
    "FunnelNew",
    "FunnelPublish",
    "FunnelQr",
    "ProductArchive",
    "ProductEdit",
    "ProductList",
    "ProductNew",
    "ProductRestore",
    "PromotionArchive",
    "PromotionEdit",
    "PromotionFile",
    "PromotionList",
    "PromotionNew",
    "PromotionRestore",
]
