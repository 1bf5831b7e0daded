"""The customers' pages."""

from cockpit.client.views.door import AskView, LinkView, SentView, SignOutView
from cockpit.client.views.home import HomeView
from cockpit.client.views.lists import ClaimsView, HistoryView
from cockpit.client.views.mine import MineView, OneView
from cockpit.client.views.offers import ClipView, CouponView, OffersView, TakeView
from cockpit.client.views.privacy import DataView, ErasureView, WithdrawView
from cockpit.client.views.profile import ProfileView, RemindersView, SessionsView
from cockpit.client.views.rewards import RewardView

__all__ = [
    "AskView",
    "ClaimsView",
    "ClipView",
    "CouponView",
    "DataView",
    "ErasureView",
    "HistoryView",
    "HomeView",
    "LinkView",
    "MineView",
    "OffersView",
    "OneView",
    "ProfileView",
    "RemindersView",
    "RewardView",
    "SentView",
    "SessionsView",
    "SignOutView",
    "TakeView",
    "WithdrawView",
]
