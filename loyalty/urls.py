"""Addresses of this room, below the merchant's."""

from django.urls import path

from loyalty.views import acts, redeemed, rewards

app_name = "loyalty"
REDEEMED = "redeemed-rewards/<uuid:redeemed_id>/"
REWARD = "rewards/<uuid:reward_id>/"

urlpatterns = [
    path("redeemed-rewards/", redeemed.RedeemedList.as_view(), name="redeemed"),
    path(REDEEMED, redeemed.RedeemedPage.as_view(), name="redeemed_detail"),
    path(f"{REDEEMED}address/", redeemed.AddressView.as_view(), name="redeemed_address"),
    path(f"{REDEEMED}use/", acts.UseView.as_view(), name="use"),
    path(f"{REDEEMED}unuse/", acts.UnuseView.as_view(), name="unuse"),
    path(f"{REDEEMED}delivery/", acts.DeliveryView.as_view(), name="delivery"),
    path(f"{REDEEMED}cancel/", acts.CancelView.as_view(), name="cancel"),
    path(f"{REDEEMED}pay-again/", acts.PayAgainView.as_view(), name="pay_again"),
    path("rewards/", rewards.RewardList.as_view(), name="rewards"),
    path("rewards/new/", rewards.RewardNew.as_view(), name="reward_new"),
    path(REWARD, rewards.RewardPage.as_view(), name="reward"),
    path(f"{REWARD}edit/", rewards.RewardEdit.as_view(), name="reward_edit"),
    path(f"{REWARD}archive/", rewards.RewardArchive.as_view(), name="reward_archive"),
    path(f"{REWARD}restore/", rewards.RewardRestore.as_view(), name="reward_restore"),
    path(f"{REWARD}clone/", rewards.RewardClone.as_view(), name="reward_clone"),
]
