"""Addresses of the deliveries and of the mails' texts, under `m/<merchant>/`."""

from django.urls import path

from messaging.views import acts, deliveries, suppression, texts
from messaging.webhooks.views import acts as endpoint_acts
from messaging.webhooks.views import endpoints, log

app_name = "messaging"
MESSAGE = "deliveries/<uuid:pk>/"
CLOSED = "deliveries/suppressed/"
MAIL = "mails/<str:kind>/"
HOOKS = "settings/webhooks/"
ENDPOINT = f"{HOOKS}<uuid:pk>/"

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
    path(HOOKS, endpoints.EndpointList.as_view(), name="endpoints"),
    path(f"{HOOKS}new/", endpoint_acts.EndpointNew.as_view(), name="endpoint-new"),
    path(f"{HOOKS}log/", log.WebhookList.as_view(), name="webhooks"),
    path(f"{HOOKS}log/<uuid:pk>/", log.WebhookPage.as_view(), name="webhook"),
    path(f"{HOOKS}log/<uuid:pk>/resend/", log.WebhookResend.as_view(), name="webhook-resend"),
    path(ENDPOINT, endpoints.EndpointPage.as_view(), name="endpoint"),
    path(f"{ENDPOINT}edit/", endpoint_acts.EndpointEdit.as_view(), name="endpoint-edit"),
    path(f"{ENDPOINT}secret/", endpoint_acts.EndpointSecret.as_view(), name="endpoint-secret"),
    path(f"{ENDPOINT}rotate/", endpoint_acts.EndpointRotate.as_view(), name="endpoint-rotate"),
    path(f"{ENDPOINT}on/", endpoint_acts.EndpointOn.as_view(), name="endpoint-on"),
    path(f"{ENDPOINT}off/", endpoint_acts.EndpointOff.as_view(), name="endpoint-off"),
    path(f"{ENDPOINT}test/", endpoint_acts.EndpointTest.as_view(), name="endpoint-test"),
    path(f"{ENDPOINT}resend/", endpoint_acts.EndpointResend.as_view(), name="endpoint-resend"),
    path(f"{ENDPOINT}remove/", endpoint_acts.EndpointRemove.as_view(), name="endpoint-remove"),
]
