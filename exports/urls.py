"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from exports import dictionary, export_views, import_pages, run_views, views
from exports.destinations import views as destinations

app_name = "exports"
urlpatterns = [
    path("imports/", views.ImportList.as_view(), name="imports"),
    path("imports/new/", views.UploadView.as_view(), name="new"),
    path("imports/<uuid:run_id>/", views.RunPage.as_view(), name="import"),
    path("imports/<uuid:run_id>/columns/", import_pages.ColumnsPage.as_view(), name="columns"),
    path("imports/<uuid:run_id>/lines/", import_pages.LineList.as_view(), name="lines"),
    path("imports/<uuid:run_id>/lines/file/", import_pages.LineFile.as_view(), name="lines_file"),
    path("imports/<uuid:run_id>/undo/", import_pages.UndoPage.as_view(), name="undo"),
    path("imports/<uuid:run_id>/apply/", views.ApplyView.as_view(), name="apply"),
    path("imports/<uuid:run_id>/discard/", views.DiscardView.as_view(), name="discard"),
    path("exports/", export_views.ExportList.as_view(), name="exports"),
    path("exports/recent/", export_views.Recent.as_view(), name="recent"),
    path("exports/data/", dictionary.DictionaryStart.as_view(), name="dictionaries"),
    path("exports/data/<slug:name>/", dictionary.Dictionary.as_view(), name="dictionary"),
    path("exports/new/", export_views.ExportNew.as_view(), name="export_new"),
    path("exports/runs/", run_views.RunList.as_view(), name="runs"),
    path("exports/runs/<uuid:run_id>/", run_views.RunPage.as_view(), name="run"),
    path("exports/runs/<uuid:run_id>/cancel/", run_views.RunCancel.as_view(), name="run_cancel"),
    path("exports/runs/<uuid:run_id>/again/", run_views.RunAgain.as_view(), name="run_again"),
    path("exports/runs/<uuid:run_id>/file/<str:token>/", run_views.RunFile.as_view(), name="run_file"),
    path("exports/<uuid:export_id>/", export_views.ExportPage.as_view(), name="export"),
    path("exports/<uuid:export_id>/edit/", export_views.ExportEdit.as_view(), name="export_edit"),
    path("exports/<uuid:export_id>/run/", export_views.ExportRunNow.as_view(), name="export_run"),
    path("exports/<uuid:export_id>/archive/", export_views.ExportArchive.as_view(), name="export_archive"),
    path("exports/<uuid:export_id>/resume/", export_views.ExportResume.as_view(), name="export_resume"),
    path("settings/destinations/", destinations.Destinations.as_view(), name="destinations"),
    path("settings/destinations/new/<slug:kind>/", destinations.NewDestination.as_view(), name="destination_new"),
    path("settings/destinations/<uuid:pk>/", destinations.DestinationPage.as_view(), name="destination"),
    path("settings/destinations/<uuid:pk>/edit/", destinations.EditDestination.as_view(), name="destination_edit"),
    path("settings/destinations/<uuid:pk>/test/", destinations.TestDestination.as_view(), name="destination_test"),
    path("settings/destinations/<uuid:pk>/key/", destinations.ConfirmKey.as_view(), name="destination_key"),
    path(
        "settings/destinations/<uuid:pk>/archive/",
        destinations.ArchiveDestination.as_view(),
        name="destination_archive",
    ),
]
