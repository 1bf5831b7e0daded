"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from cockpit.views import customer, erasures, ledger

app_name = "cockpit"
urlpatterns = [
    path("customers/<uuid:customer_id>/", customer.CustomerPage.as_view(), name="customer"),
    path("customers/<uuid:customer_id>/edit/", customer.CustomerEdit.as_view(), name="customer_edit"),
    path("ledger/", ledger.LedgerPage.as_view(), name="ledger"),
    path("erasure-requests/", erasures.ErasureList.as_view(), name="erasures"),
    path("erasure-requests/<uuid:request_id>/done/", erasures.ErasureDone.as_view(), name="erasure_done"),
    path("erasure-requests/<uuid:request_id>/decline/", erasures.ErasureDecline.as_view(), name="erasure_decline"),
]
