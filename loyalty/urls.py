"""Addresses of this room, below the merchant's."""

from django.urls import path

from loyalty import point_urls
from loyalty.views import acts, bulk, cashback, granting, redeemed, rewards, triggers

app_name = "loyalty"
REDEEMED = "redeemed-rewards/<uuid:redeemed_id>/"
REWARD = "rewards/<uuid:reward_id>/"
BULK = "redeemed-rewards/bulk-acts/<uuid:bulk_id>/"
CUSTOMER = "customers/<uuid:customer_id>/redeem/"

urlpatterns = [
    path("redeemed-rewards/", redeemed.RedeemedList.as_view(), name="redeemed"),
    path(REDEEMED, redeemed.RedeemedPage.as_view(), name="redeemed_detail"),
    path(f"{REDEEMED}address/", redeemed.AddressView.as_view(), name="redeemed_address"),
    path(f"{REDEEMED}use/", acts.UseView.as_view(), name="use"),
    path(f"{REDEEMED}unuse/", acts.UnuseView.as_view(), name="unuse"),
    path(f"{REDEEMED}delivery/", acts.DeliveryView.as_view(), name="delivery"),
    path(f"{REDEEMED}cancel/", acts.CancelView.as_view(), name="cancel"),
    path(f"{REDEEMED}pay-again/", acts.PayAgainView.as_view(), name="pay_again"),
    path(f"{REDEEMED}resend/", acts.ResendView.as_view(), name="resend"),
    path(f"{REDEEMED}ask/", acts.AskView.as_view(), name="ask"),
    path("redeemed-rewards/bulk/<str:act>/", bulk.Choose.as_view(), name="bulk"),
    path("redeemed-rewards/bulk-acts/", bulk.Acts.as_view(), name="bulk-acts"),
    path(BULK, bulk.Result.as_view(), name="bulk-act"),
    path(f"{BULK}preview/", bulk.Preview.as_view(), name="bulk-preview"),
    path(f"{BULK}stop/", bulk.Stop.as_view(), name="bulk-stop"),
    path(f"{BULK}undo/", bulk.Undo.as_view(), name="bulk-undo"),
    path(f"{BULK}rows.csv", bulk.Rows.as_view(), name="bulk-rows"),
    path(CUSTOMER, granting.PickReward.as_view(), name="pick_reward"),
    path(f"{CUSTOMER}<uuid:reward_id>/", granting.RedeemView.as_view(), name="redeem"),
    path(f"{CUSTOMER}<uuid:reward_id>/why/", granting.WhyView.as_view(), name="why"),
    path(f"{REWARD}redeem/", granting.PickCustomer.as_view(), name="pick_customer"),
    path("settings/cashback/", cashback.CashbackSettings.as_view(), name="cashback"),
    path("settings/cashback/test/", cashback.CashbackTest.as_view(), name="cashback_test"),
    path("rewards/", rewards.RewardList.as_view(), name="rewards"),
    path("rewards/new/", rewards.RewardNew.as_view(), name="reward_new"),
    path(REWARD, rewards.RewardPage.as_view(), name="reward"),
    path(f"{REWARD}edit/", rewards.RewardEdit.as_view(), name="reward_edit"),
    path(f"{REWARD}archive/", rewards.RewardArchive.as_view(), name="reward_archive"),
    path(f"{REWARD}restore/", rewards.RewardRestore.as_view(), name="reward_restore"),
    path(f"{REWARD}clone/", rewards.RewardClone.as_view(), name="reward_clone"),
    path("rewards/<uuid:subject_id>/triggers/", triggers.RewardTriggers.as_view(), name="reward_triggers"),
    path("rewards/<uuid:subject_id>/triggers/trial/", triggers.RewardTrial.as_view(), name="reward_trial"),
    *point_urls.urlpatterns,
]
