"""Staff pages of the catalogue."""

from claims_center.catalogue.views.builder import FunnelColours, FunnelEdit, FunnelNew, FunnelPreview
from claims_center.catalogue.views.funnels import (
    FunnelArchive,
    FunnelClone,
    FunnelClose,
    FunnelDetail,
    FunnelList,
    FunnelPublish,
    FunnelRestore,
)
from claims_center.catalogue.views.prints import FunnelInsert, FunnelQr
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
    "FunnelArchive",
    "FunnelClone",
    "FunnelClose",
    "FunnelColours",
    "FunnelDetail",
    "FunnelEdit",
    "FunnelInsert",
    "FunnelList",
    "FunnelNew",
    "FunnelPreview",
    "FunnelPublish",
    "FunnelQr",
    "FunnelRestore",
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
