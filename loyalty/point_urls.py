"""Addresses of points, purchases and adjustments, below the merchant's."""

from django.urls import path

from loyalty.views import point_acts, point_lists, point_pages

CUSTOMER = "customers/<uuid:row_id>/"
ADJUSTMENT = "point-adjustments/<uuid:row_id>/"

urlpatterns = [
    path("points/", point_pages.PointReport.as_view(), name="points"),
    path("points/expiring/", point_pages.ExpiringPoints.as_view(), name="expiring"),
    path("purchases/", point_lists.PurchaseList.as_view(), name="purchases"),
    path("purchases/<uuid:purchase_id>/", point_lists.PurchasePage.as_view(), name="purchase"),
    path("purchases/<uuid:row_id>/return/", point_acts.ReturnView.as_view(), name="return"),
    path("point-adjustments/", point_lists.AdjustmentList.as_view(), name="adjustments"),
    path(f"{ADJUSTMENT}approve/", point_acts.ApproveView.as_view(), name="approve"),
    path(f"{ADJUSTMENT}decline/", point_acts.DeclineView.as_view(), name="decline"),
    path(f"{CUSTOMER}adjust-points/", point_acts.AdjustView.as_view(), name="adjust"),
    path("customers/<uuid:customer_id>/statement/", point_pages.StatementPage.as_view(), name="statement"),
    path("settings/points/", point_pages.PointSettings.as_view(), name="settings"),
]
