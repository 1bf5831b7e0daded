"""What the demo says to other systems: an endpoint that is switched off, with what was sent to it before."""

from datetime import datetime, timedelta

from config.demo.base import Stage
from messaging.webhooks import services
from messaging.webhooks.announcing import body_of
from messaging.webhooks.models import WebhookAttempt, WebhookCursor, WebhookDelivery
from messaging.webhooks.states import Status
from offers.models import OfferResponse
from offers.states import Status as ResponseStatus
from pos.events import responses
from tenancy.calls import operation_of
from tenancy.models import ApiCall, ApiKey

EVENTS = ("response.issued", "response.completed", "response.expired", "reward.redeemed", "reward.used")
# What became of a message, what was answered, in how many attempts.
ENDINGS = ((Status.DELIVERED, 200, 1), (Status.DELIVERED, 204, 2), (Status.FAILED, 503, 11), (Status.DROPPED, None, 0))
CALLS = (
    ("GET", "api/v1/members", 200, "", 6.1),
    ("POST", "api/v1/members/<str:member_id>/responses/check", 200, "", 11.4),
    ("POST", "api/v1/responses/<str:response_id>/redeem", 200, "", 14.9),
    ("POST", "api/v1/responses/<str:response_id>/redeem", 409, "already_completed", 9.3),
    ("POST", "api/v1/rewards/<str:reward_id>/redeem", 409, "not_enough_points", 8.7),
    ("POST", "api/v1/purchases", 201, "", 17.2),
)


def tell_others(stage: Stage) -> None:
    """Make an endpoint that leads nowhere, its log, and switch it off, so that the demo calls nobody."""
    facts = {"name": "Shop system", "url": f"https://shop.{stage.story.slug}.example/webhooks", "events": EVENTS}
    by = {"actor": stage.actor("owner"), "now": stage.now - timedelta(days=3)}
    endpoint, _secret = services.create_endpoint(**facts, **by)  # type: ignore[arg-type]
    done = OfferResponse.objects.filter(status=ResponseStatus.COMPLETED).order_by("-completed_at", "-id")
    ids = list(done.values_list("id", flat=True)[: len(ENDINGS)])
    data = responses(ids, now=stage.now)
    for number, (document, ending) in enumerate(zip(ids, ENDINGS, strict=False)):
        at = stage.now - timedelta(hours=30 - number * 7)
        body = body_of(event="response.completed", at=at, data=data[document])
        _sent(WebhookDelivery.made_with(endpoint=endpoint, subject_id=document, body=body, created_at=at), ending)
    WebhookCursor.made_with().save()
    services.switch(endpoint_id=endpoint.id, on=False, actor=stage.actor("owner"), now=stage.now)


def note_calls(key: ApiKey, *, now: datetime) -> None:
    """Let the demo's till have called already, one call a minute."""
    ApiCall.objects.bulk_create(
        ApiCall(
            key=key,
            at=now - timedelta(minutes=number + 1),
            method=method,
            route=route,
            status=status,
            code=code,
            milliseconds=milliseconds,
            operation=operation_of(f"demo-{number}") if method == "POST" else "",
            request_id=f"demo-{number:04d}",
        )
        for number, (method, route, status, code, milliseconds) in enumerate(CALLS * 3)
    )


def _sent(delivery: WebhookDelivery, ending: tuple[Status, int | None, int]) -> None:
    """Save a message with its end, and its last attempts."""
    delivery.event, (delivery.status, delivery.last_status, delivery.attempts) = "response.completed", ending
    delivery.last_error = "" if delivery.attempts else "endpoint_off"
    delivery.ended_at = delivery.created_at + timedelta(seconds=2)
    delivery.save()
    WebhookAttempt.objects.bulk_create(
        WebhookAttempt(
            delivery=delivery,
            number=number,
            at=delivery.created_at + timedelta(seconds=number),
            milliseconds=120 + number,
            url=delivery.endpoint.url,
            request_headers={"Content-Type": "application/json", "webhook-id": delivery.message_id},
            status=delivery.last_status if number == delivery.attempts else 500,
            response_headers={"Content-Type": "text/plain"},
            response_body="ok" if delivery.status == Status.DELIVERED and number == delivery.attempts else "",
        )
        for number in range(max(1, delivery.attempts - 2), delivery.attempts + 1)
    )
