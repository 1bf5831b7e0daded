"""Pages of code pools."""

from codes.views.acts import CodeBurn, CodeReveal, PoolArchive, PoolExport, PoolRestore
from codes.views.fill import PoolGenerate, PoolUpload, UploadProblems
from codes.views.pools import PoolDetail, PoolEdit, PoolList, PoolNew

__all__ = [
    "CodeBurn",
    "CodeReveal",
    "PoolArchive",
    "PoolDetail",
    "PoolEdit",
    "PoolExport",
    "PoolGenerate",
    "PoolList",
    "PoolNew",
    "PoolRestore",
    "PoolUpload",
    "UploadProblems",
]
