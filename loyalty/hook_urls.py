"""Addresses for providers and mail programs; config/urls.py includes them under `hooks/<slug:public_id>/`."""

from django.urls import path

from loyalty.hooks import CashbackCallback
from loyalty.views.stop import StopReminders

app_name = "cashback"
urlpatterns = [
    path("cashback/<slug:provider>/", CashbackCallback.as_view(), name="callback"),
    path("points/<str:sign>/", StopReminders.as_view(), name="stop_reminders"),
]
