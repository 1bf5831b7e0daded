"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("imports/", views.ImportList.as_view(), name="imports"),
    path("imports/new/", views.UploadView.as_view(), name="new"),
    path("imports/<uuid:run_id>/", views.RunPage.as_view(), name="import"),
    path("imports/<uuid:run_id>/apply/", views.ApplyView.as_view(), name="apply"),
    path("imports/<uuid:run_id>/discard/", views.DiscardView.as_view(), name="discard"),
]
