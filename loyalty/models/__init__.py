"""What this room keeps."""

from loyalty.models.cashback import CashbackAccount, CashbackPayment
from loyalty.models.points import LoyaltySettings, PointAdjustment, Purchase, PurchaseReturn
from loyalty.models.redeemed import RedeemedChange, RedeemedReward, RedeemedToken
from loyalty.models.reward import Reward, RewardStock, RewardTaken

__all__ = [
    "CashbackAccount",
    "CashbackPayment",
    "LoyaltySettings",
    "PointAdjustment",
    "Purchase",
    "PurchaseReturn",
    "RedeemedChange",
    "RedeemedReward",
    "RedeemedToken",
    "Reward",
    "RewardStock",
    "RewardTaken",
]
