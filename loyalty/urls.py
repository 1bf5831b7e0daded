"""Addresses of this room, below the merchant's."""

from django.urls import path

from loyalty.views import RedeemedRewards

app_name = "loyalty"
urlpatterns = [path("redeemed-rewards/", RedeemedRewards.as_view(), name="redeemed")]
