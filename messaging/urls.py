"""Addresses of the deliveries and of the mails' texts, under `m/<merchant>/`."""

from django.urls import path

from messaging.views import acts, deliveries, suppression, texts

app_name = "messaging"
MESSAGE = "deliveries/<uuid:pk>/"
CLOSED = "deliveries/suppressed/"
MAIL = "mails/<str:kind>/"

urlpatterns = [
    path("deliveries/", deliveries.MessageList.as_view(), name="list"),
    path(CLOSED, suppression.SuppressionList.as_view(), name="suppressions"),
    path(f"{CLOSED}add/", suppression.SuppressionAdd.as_view(), name="suppression-add"),
    path(f"{CLOSED}<uuid:pk>/remove/", suppression.SuppressionRemove.as_view(), name="suppression-remove"),
    path(MESSAGE, deliveries.MessageDetail.as_view(), name="message"),
    path(f"{MESSAGE}resend/", acts.MessageResend.as_view(), name="resend"),
    path(f"{MESSAGE}correct/", acts.MessageCorrect.as_view(), name="correct"),
    path(f"{MESSAGE}handled/", acts.MessageHandle.as_view(), name="handle"),
    path(f"{MESSAGE}allow/", acts.MessageLift.as_view(), name="allow"),
    path("mails/", texts.TextList.as_view(), name="texts"),
    path(MAIL, texts.TextPage.as_view(), name="text"),
    path(f"{MAIL}preview/", texts.TextPreview.as_view(), name="preview"),
    path(f"{MAIL}trial/", texts.TextTrial.as_view(), name="trial"),
    path(f"{MAIL}reset/", texts.TextReset.as_view(), name="reset"),
    path(f"{MAIL}switch/", texts.TextSwitch.as_view(), name="switch"),
]
