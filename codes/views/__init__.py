"""Pages of code pools."""

from codes.views.acts import CodeBurn, CodeReveal, PoolArchive, PoolRestore
from codes.views.fill import PoolGenerate, PoolUpload
from codes.views.pools import PoolDetail, PoolEdit, PoolList, PoolNew

__all__ = [
    "CodeBurn",
    "CodeReveal",
    "PoolArchive",
    "PoolDetail",
    "PoolEdit",
    "PoolGenerate",
    "PoolList",
    "PoolNew",
    "PoolRestore",
    "PoolUpload",
]
