"""The API's addresses, below /api/v1/; calls end without a slash."""

from django.urls import path

from pos.views import responses
from pos.views.members import Member, Members, Statement
from pos.views.nowhere import Nowhere
from pos.views.offers import Claim, Offers
from pos.views.purchases import Purchases, Returns
from pos.views.rewards import Cancel, Redeem, Redeemed, Rewards, Unuse, Use
from pos.views.schema import Docs, Root, Schema

app_name = "pos"
urlpatterns = [
    path("", Root.as_view(), name="root"),
    path("schema/", Schema.as_view(), name="schema"),
    path("docs/", Docs.as_view(), name="docs"),
    path("members", Members.as_view(), name="members"),
    path("members/<str:member_id>", Member.as_view(), name="member"),
    path("members/<str:member_id>/statement", Statement.as_view(), name="statement"),
    path("members/<str:member_id>/responses", responses.MemberResponses.as_view(), name="member-responses"),
    path("members/<str:member_id>/responses/check", responses.Check.as_view(), name="check"),
    path("responses", responses.Responses.as_view(), name="responses"),
    path("responses/<str:response_id>", responses.Response.as_view(), name="response"),
    path("responses/<str:response_id>/clip", responses.Clip.as_view(), name="clip"),
    path("responses/<str:response_id>/reserve", responses.Reserve.as_view(), name="reserve"),
    path("responses/<str:response_id>/release", responses.Release.as_view(), name="release"),
    path("responses/<str:response_id>/redeem", responses.Redeem.as_view(), name="complete"),
    path("responses/<str:response_id>/reverse", responses.Reverse.as_view(), name="reverse"),
    path("responses/<str:response_id>/processing", responses.Processing.as_view(), name="processing"),
    path("responses/<str:response_id>/shipping", responses.Shipping.as_view(), name="shipping"),
    path("responses/<str:response_id>/cancel", responses.Cancel.as_view(), name="cancel-response"),
    path("offers", Offers.as_view(), name="offers"),
    path("offers/<str:offer_id>/responses", Claim.as_view(), name="claim"),
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
