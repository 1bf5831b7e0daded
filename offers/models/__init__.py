"""What this room keeps."""

from offers.models.offer import Offer, OfferStock, OfferTaken
from offers.models.response import OfferChange, OfferResponse, OfferToken

__all__ = ["Offer", "OfferChange", "OfferResponse", "OfferStock", "OfferTaken", "OfferToken"]
