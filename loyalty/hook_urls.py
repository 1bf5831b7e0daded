"""Addresses that providers call; config/urls.py includes them under `hooks/<slug:public_id>/`."""

from django.urls import path

from loyalty.hooks import CashbackCallback

app_name = "cashback"
urlpatterns = [path("cashback/<slug:provider>/", CashbackCallback.as_view(), name="callback")]
