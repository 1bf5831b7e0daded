"""What this room keeps."""

from offers.models.bulk import (
    Assignment,
    AssignmentRow,
    AssignmentSelection,
    BulkAct,
    BulkKind,
    BulkRow,
    BulkSelection,
)
from offers.models.offer import Offer, OfferStock, OfferTaken
from offers.models.response import OfferChange, OfferResponse, OfferToken
from offers.models.trigger import OfferTrigger

__all__ = [
    "Assignment",
    "AssignmentRow",
    "AssignmentSelection",
    "BulkAct",
    "BulkKind",
    "BulkRow",
    "BulkSelection",
    "Offer",
    "OfferChange",
    "OfferResponse",
    "OfferStock",
    "OfferTaken",
    "OfferToken",
    "OfferTrigger",
]
