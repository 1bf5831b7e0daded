"""Addresses of the public pages."""

from django.urls import path

from claims_center.public import steps, views

app_name = "funnel"
FUNNEL = "f/<slug:merchant>/<slug:funnel>/"

urlpatterns = [
    path(FUNNEL, views.StepView.as_view(step=steps.PRODUCT), name="product"),
    path(f"{FUNNEL}order/", views.StepView.as_view(step=steps.ORDER), name="order"),
    path(f"{FUNNEL}feedback/", views.StepView.as_view(step=steps.FEEDBACK), name="feedback"),
    path(f"{FUNNEL}contact/", views.StepView.as_view(step=steps.CONTACT), name="contact"),
    path(f"{FUNNEL}review/", views.ReviewView.as_view(), name="review"),
    path(f"{FUNNEL}submitted/", views.SubmittedView.as_view(), name="submitted"),
    path(f"{FUNNEL}share/", views.ShareView.as_view(), name="share"),
    path(f"{FUNNEL}again/", views.AgainView.as_view(), name="again"),
    path(f"{FUNNEL}resume/<str:key>/", views.ResumeView.as_view(), name="resume"),
    path(f"{FUNNEL}stop/<str:key>/", views.StopView.as_view(), name="stop"),
    path(f"{FUNNEL}help/", views.AboutView.as_view(), name="help"),
    path(f"{FUNNEL}brand.css", views.FunnelBrand.as_view(), name="brand"),
    path("stop/<str:token>/", views.NeverView.as_view(), name="never"),
    path("q/<str:token>", views.ShortView.as_view(), name="short"),
    path("track/<str:token>/", views.TrackerView.as_view(), name="track"),
    path("track/<str:token>/gift/", views.GiftView.as_view(), name="gift"),
    path("track/<str:token>/answer/", views.AnswerView.as_view(), name="answer"),
    path("track/<str:token>/missing/", views.MissingMailView.as_view(), name="missing"),
    path("track/<str:token>/help/", views.TrackedAboutView.as_view(), name="track-help"),
]
