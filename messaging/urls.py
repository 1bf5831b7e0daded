"""Addresses of the deliveries, under `m/<merchant>/`."""

from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("deliveries/", views.MessageList.as_view(), name="list"),
    path("deliveries/<uuid:pk>/", views.MessageDetail.as_view(), name="message"),
    path("deliveries/<uuid:pk>/resend/", views.MessageResend.as_view(), name="resend"),
    path("deliveries/<uuid:pk>/correct/", views.MessageCorrect.as_view(), name="correct"),
    path("deliveries/<uuid:pk>/allow/", views.MessageLift.as_view(), name="allow"),
]
