"""Addresses of the gallery."""

from django.urls import path

from tests.ui.gallery import pages
from tests.ui.gallery.listing import RowList

urlpatterns = [
    path("", RowList.as_view(), name="list"),
    path("detail/", pages.detail, name="detail"),
    path("form/", pages.form, name="form"),
    path("confirm/", pages.confirm, name="confirm"),
    path("address/", pages.address, name="address"),
    path("dashboard/", pages.dashboard, name="dashboard"),
    path("parts/", pages.parts, name="parts"),
    path("funnel/", pages.funnel, name="funnel"),
    path("error/<slug:name>/", pages.failing, name="failing"),
]
