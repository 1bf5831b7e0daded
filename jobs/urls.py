"""Addresses of the Jobs page, under `m/<merchant>/`."""

from django.urls import path

from jobs import views

app_name = "jobs"
urlpatterns = [
    path("jobs/", views.JobList.as_view(), name="list"),
    path("jobs/scheduled/", views.ComingView.as_view(), name="coming"),
    path("jobs/<uuid:pk>/", views.JobDetail.as_view(), name="detail"),
    path("jobs/<uuid:pk>/retry/", views.JobRetry.as_view(), name="retry"),
    path("jobs/<uuid:pk>/cancel/", views.JobCancel.as_view(), name="cancel"),
]
