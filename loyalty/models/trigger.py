"""On which occasions customers are given a reward by itself, free of points."""

from django.db import models

from loyalty.models.reward import Reward
from tenancy.base import MerchantForeignKey
from triggers.models import Trigger, indexes_of, rules_of


class RewardTrigger(Trigger):
    """An occasion on which a reward is granted free."""

    reward = MerchantForeignKey(Reward, on_delete=models.CASCADE, related_name="triggers")

    class Meta(Trigger.Meta):
        abstract = False
        constraints = rules_of("reward")
        indexes = indexes_of("reward")
