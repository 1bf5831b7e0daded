"""Addresses that providers call; config/urls.py includes them under `hooks/<slug:public_id>/`."""

from django.urls import path

from messaging.hooks import TrackingHook

app_name = "hooks"
urlpatterns = [path("mail/<slug:esp>/", TrackingHook.as_view(), name="mail")]
