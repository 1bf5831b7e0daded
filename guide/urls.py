"""Addresses under /m/<merchant>/ of this room."""

from django.urls import path

from guide import views

app_name = "guide"
urlpatterns = [
    path("help/", views.Index.as_view(), name="index"),
    path("help/tour/<slug:page>/", views.TourAnswer.as_view(), name="tour"),
    path("help/<slug:topic>/", views.TopicPage.as_view(), name="topic"),
]
