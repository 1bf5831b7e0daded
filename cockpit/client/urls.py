"""Addresses under /c/<merchant>/: the customers' own pages."""

from django.urls import path

from cockpit.client import views

app_name = "client"
urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("in/", views.AskView.as_view(), name="ask"),
    path("in/sent/", views.SentView.as_view(), name="sent"),
    path("in/<str:key>/", views.LinkView.as_view(), name="link"),
    path("out/", views.SignOutView.as_view(), name="sign_out"),
    path("rewards/<uuid:reward_id>/", views.RewardView.as_view(), name="reward"),
    path("mine/", views.MineView.as_view(), name="mine"),
    path("mine/<uuid:redeemed_id>/", views.OneView.as_view(), name="one"),
    path("claims/", views.ClaimsView.as_view(), name="claims"),
    path("offers/", views.OffersView.as_view(), name="offers"),
    path("offers/<uuid:response_id>/", views.CouponView.as_view(), name="coupon"),
    path("offers/<uuid:offer_id>/take/", views.TakeView.as_view(), name="take"),
    path("offers/<uuid:response_id>/clip/", views.ClipView.as_view(), name="clip"),
    path("history/", views.HistoryView.as_view(), name="history"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("profile/sessions/", views.SessionsView.as_view(), name="sessions"),
    path("profile/reminders/", views.RemindersView.as_view(), name="reminders"),
    path("profile/data/", views.DataView.as_view(), name="data"),
    path("profile/erasure/", views.ErasureView.as_view(), name="erasure"),
    path("profile/erasure/withdraw/", views.WithdrawView.as_view(), name="withdraw"),
]
