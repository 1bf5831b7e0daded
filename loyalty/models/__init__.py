"""What this room keeps."""

from loyalty.models.bulk import BulkAct, BulkKind, BulkRow, BulkSelection
from loyalty.models.cashback import CashbackAccount, CashbackPayment
from loyalty.models.points import (
    LoyaltySettings,
    PointAdjustment,
    PointReminder,
    Purchase,
    PurchaseReturn,
    ReminderStop,
)
from loyalty.models.redeemed import RedeemedChange, RedeemedReward, RedeemedToken
from loyalty.models.reward import Reward, RewardStock, RewardTaken
from loyalty.models.trigger import RewardTrigger

__all__ = [
    "BulkAct",
    "BulkKind",
    "BulkRow",
    "BulkSelection",
    "CashbackAccount",
    "CashbackPayment",
    "LoyaltySettings",
    "PointAdjustment",
    "PointReminder",
    "Purchase",
    "PurchaseReturn",
    "RedeemedChange",
    "RedeemedReward",
    "RedeemedToken",
    "ReminderStop",
    "Reward",
    "RewardStock",
    "RewardTaken",
    "RewardTrigger",
]
