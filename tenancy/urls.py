"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from tenancy.views.start import Start

app_name = "tenancy"
urlpatterns = [
    path("", Start.as_view(), name="start"),
]
