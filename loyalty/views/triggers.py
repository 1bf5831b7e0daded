"""The triggers of a reward."""

from django.utils.translation import gettext_lazy as _

from loyalty.triggers import REWARDS
from tenancy.roles import Role
from triggers.views import TrialPage, TriggerFormPage

ADDRESSES = ("loyalty:rewards", "loyalty:reward", "loyalty:reward_triggers", "loyalty:reward_trial")


class RewardTriggers(TriggerFormPage):
    """On which occasions customers are given the reward free."""

    role = Role.ADMIN
    target = REWARDS
    addresses = ADDRESSES
    list_title = _("Rewards")


class RewardTrial(TrialPage):
    """To whom the reward would have been given."""

    role = Role.VIEWER
    target = REWARDS
    addresses = ADDRESSES
    list_title = _("Rewards")
