"""The API's addresses, below /api/v1/; none ends with a slash."""

from django.urls import path

from pos.views.members import Member, Members, Statement
from pos.views.nowhere import Nowhere
from pos.views.purchases import Purchases, Returns
from pos.views.rewards import Cancel, Redeem, Redeemed, Rewards, Unuse, Use

app_name = "pos"
urlpatterns = [
    path("members", Members.as_view(), name="members"),
    path("members/<str:member_id>", Member.as_view(), name="member"),
    path("members/<str:member_id>/statement", Statement.as_view(), name="statement"),
    path("purchases", Purchases.as_view(), name="purchases"),
    path("purchases/<path:reference>/returns", Returns.as_view(), name="returns"),
    path("rewards", Rewards.as_view(), name="rewards"),
    path("rewards/<str:reward_id>/redeem", Redeem.as_view(), name="redeem"),
    path("redeemed-rewards/<str:redeemed_id>", Redeemed.as_view(), name="redeemed"),
    path("redeemed-rewards/<str:redeemed_id>/use", Use.as_view(), name="use"),
    path("redeemed-rewards/<str:redeemed_id>/unuse", Unuse.as_view(), name="unuse"),
    path("redeemed-rewards/<str:redeemed_id>/cancel", Cancel.as_view(), name="cancel"),
    path("<path:rest>", Nowhere.as_view(), name="nowhere"),
]
