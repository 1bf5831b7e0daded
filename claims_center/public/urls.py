"""Addresses of the public pages."""

from django.urls import path

from claims_center.public import steps, views

app_name = "funnel"
FUNNEL = "f/<slug:merchant>/<slug:funnel>/"

urlpatterns = [
    path("f/<slug:merchant>/media/<str:name>", views.ImageView.as_view(), name="image"),
    path(FUNNEL, views.StepView.as_view(step=steps.PRODUCT), name="product"),
    path(f"{FUNNEL}order/", views.StepView.as_view(step=steps.ORDER), name="order"),
    path(f"{FUNNEL}feedback/", views.StepView.as_view(step=steps.FEEDBACK), name="feedback"),
    path(f"{FUNNEL}contact/", views.StepView.as_view(step=steps.CONTACT), name="contact"),
    path(f"{FUNNEL}review/", views.ReviewView.as_view(), name="review"),
    path(f"{FUNNEL}submitted/", views.SubmittedView.as_view(), name="submitted"),
    path(f"{FUNNEL}share/", views.ShareView.as_view(), name="share"),
    path(f"{FUNNEL}again/", views.AgainView.as_view(), name="again"),
    path("track/<str:token>/", views.TrackerView.as_view(), name="track"),
    path("track/<str:token>/gift/", views.GiftView.as_view(), name="gift"),
]
