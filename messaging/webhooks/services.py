"""Endpoints and deliveries: made, changed, tried, sent again. All of it runs in the merchant's scope."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from jobs.services import enqueue, enqueue_many, hasten
from messaging.webhooks import maps
from messaging.webhooks.announcing import body_of, put_down
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from messaging.webhooks.signing import new_secret
from messaging.webhooks.states import BOTH_SECRETS, MOST_ATTEMPTS, MOST_ENDPOINTS, TEST_EVENT, OffReason, Status
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.errors import NotFound, Refused
from tenancy.ids import new_id
from tenancy.secrets import decrypt, encrypt

TARGET = "webhook_endpoint"
RESENT_SINCE = timedelta(days=7)
MOST_RESENT = 1000


def create_endpoint(
    *, name: str, url: str, events: Sequence[str], actor: Actor, now: datetime
) -> tuple[WebhookEndpoint, str]:
    """Make an endpoint, write the audit event, and return it with its secret.

    It hears of what is written from this transaction on. Raises Refused where the merchant has ten already, or for an
    event that there is not.
    """
    if WebhookEndpoint.objects.filter(removed_at__isnull=True).count() >= MOST_ENDPOINTS:
        raise Refused(_("A merchant has ten endpoints at most. Remove one first."))
    secret, (from_xid, from_at) = new_secret(), _this_transaction()
    endpoint = WebhookEndpoint.objects.create(
        name=name,
        url=url,
        events=_known(events),
        secret=encrypt(secret),
        from_xid=from_xid,
        from_at=from_at,
        created_at=now,
    )
    audit(action="webhook.created", actor=actor, target=(TARGET, endpoint.pk), after=_facts(endpoint))
    return endpoint, secret


def change_endpoint(
    *, endpoint_id: uuid.UUID, name: str, url: str, events: Sequence[str], version: int, actor: Actor, now: datetime
) -> WebhookEndpoint:
    """Change name, address and events; write the audit event where something changes.

    Raises NotFound, and Refused where somebody else has changed it since `version` was read.
    """
    endpoint = _locked(endpoint_id)
    if endpoint.version != version:
        raise Refused(_("Somebody else has changed this endpoint meanwhile. Look at it and try again."))
    before = _facts(endpoint)
    endpoint.name, endpoint.url, endpoint.events = name, url, _known(events)
    after = _facts(endpoint)
    if before != after:
        endpoint.version += 1
        if before["url"] != after["url"]:
            endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
        endpoint.save()
        changed = [key for key in after if before[key] != after[key]]
        audit(
            action="webhook.changed",
            actor=actor,
            target=(TARGET, endpoint.pk),
            before={key: before[key] for key in changed},
            after={key: after[key] for key in changed},
        )
    return endpoint


def rotate_secret(*, endpoint_id: uuid.UUID, actor: Actor, now: datetime) -> tuple[WebhookEndpoint, str]:
    """Give an endpoint a new secret and return it; the old one signs beside it for another day. Audited.

    The one before the old one signs no more. Raises NotFound.
    """
    endpoint = _locked(endpoint_id)
    secret = new_secret()
    endpoint.old_secret, endpoint.old_secret_until = endpoint.secret, now + BOTH_SECRETS
    endpoint.secret = encrypt(secret)
    endpoint.save(update_fields=["secret", "old_secret", "old_secret_until"])
    audit(action="webhook.secret_changed", actor=actor, target=(TARGET, endpoint.pk))
    return endpoint, secret


def reveal_secret(*, endpoint_id: uuid.UUID, actor: Actor, now: datetime) -> str:
    """Return an endpoint's secret; that somebody looked at it is audited. Raises NotFound."""
    endpoint = _locked(endpoint_id)
    audit(action="webhook.secret_shown", actor=actor, target=(TARGET, endpoint.pk))
    return decrypt(endpoint.secret)


def switch(*, endpoint_id: uuid.UUID, on: bool, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Switch an endpoint on or off and audit it; one that is so already stays as it is.

    Switched on, it hears of what is written from this transaction on, and how it went before is forgotten. What waits
    for one that is off is not sent. Raises NotFound.
    """
    endpoint = _locked(endpoint_id)
    if endpoint.is_active == on:
        return endpoint
    endpoint.is_active = on
    endpoint.off_reason, endpoint.off_at = (OffReason.NONE, None) if on else (OffReason.BY_HAND, now)
    if on:
        endpoint.from_xid, endpoint.from_at = _this_transaction()
        endpoint.failures, endpoint.failing_since, endpoint.quiet_until = 0, None, None
    endpoint.save()
    audit(action="webhook.switched_on" if on else "webhook.switched_off", actor=actor, target=(TARGET, endpoint.pk))
    return endpoint


def remove_endpoint(*, endpoint_id: uuid.UUID, actor: Actor, now: datetime) -> WebhookEndpoint:
    """Remove an endpoint: it is off, its secrets are gone, its log stays until it is old. Audited. Raises NotFound."""
    endpoint = _locked(endpoint_id)
    endpoint.is_active, endpoint.off_reason, endpoint.off_at = False, OffReason.BY_HAND, now
    endpoint.secret = endpoint.old_secret = ""
    endpoint.old_secret_until, endpoint.removed_at = None, now
    endpoint.save()
    audit(action="webhook.removed", actor=actor, target=(TARGET, endpoint.pk), before=_facts(endpoint))
    return endpoint


def send_test(*, endpoint_id: uuid.UUID, actor: Actor, now: datetime) -> WebhookDelivery:
    """Put a test message to an endpoint down, on the way that all others go, and audit it.

    Raises NotFound, and Refused for an endpoint that is switched off.
    """
    endpoint = _locked(endpoint_id)
    if not endpoint.is_active:
        raise Refused(_("This endpoint is switched off. Switch it on first."))
    delivery = WebhookDelivery.made_with(
        id=new_id(),
        endpoint=endpoint,
        event=TEST_EVENT,
        body=body_of(event=TEST_EVENT, at=now, data={"endpoint_id": str(endpoint.id), "events": endpoint.events}),
        next_at=now,
        created_at=now,
    )
    put_down(deliveries=[delivery], now=now, by_hand=True)
    audit(action="webhook.tested", actor=actor, target=(TARGET, endpoint.pk))
    return delivery


def resend(*, delivery_id: uuid.UUID, actor: Actor, now: datetime) -> WebhookDelivery:
    """Send a message once more, with the same id and body, and audit it.

    One that still waits for its next attempt gets it at once; for any other a new round of attempts begins. Raises
    NotFound, and Refused where the endpoint is removed or off.
    """
    rows = WebhookDelivery.objects.select_for_update(of=("self",), no_key=True).select_related("endpoint")
    delivery: WebhookDelivery | None = rows.filter(id=delivery_id).first()
    if delivery is None:
        raise NotFound
    if not delivery.endpoint.is_active:
        raise Refused(_("Its endpoint is switched off or removed. Switch it on first."))
    if delivery.status == Status.WAITING and delivery.job_id:
        job = hasten(job_id=delivery.job_id, actor=actor, now=now)
        # Its endpoint may rest; who asks by hand does not wait for that.
        job.payload = {**job.payload, "by_hand": True}
        job.save(update_fields=["payload"])
        delivery.next_at = now
    else:
        payload = {"delivery": str(delivery.id), "by_hand": True}
        delivery.job_id = enqueue(kind="webhooks.deliver", payload=payload, now=now, max_attempts=MOST_ATTEMPTS).id
        delivery.status, delivery.next_at, delivery.ended_at = Status.WAITING, now, None
    delivery.save(update_fields=["status", "next_at", "ended_at", "job_id"])
    audit(action="webhook.resent", actor=actor, target=("webhook_delivery", delivery.pk))
    return delivery


def resend_failed(*, endpoint_id: uuid.UUID, actor: Actor, now: datetime) -> int:
    """Begin a new round for what failed or was not sent to an endpoint in the last seven days; return how many.

    At most a thousand at once, the oldest first; one audit event. Raises NotFound, and Refused for an endpoint that is
    switched off.
    """
    endpoint = _locked(endpoint_id)
    if not endpoint.is_active:
        raise Refused(_("This endpoint is switched off. Switch it on first."))
    rows = WebhookDelivery.objects.select_for_update(no_key=True).filter(
        endpoint=endpoint, status__in=[Status.FAILED, Status.DROPPED], created_at__gte=now - RESENT_SINCE
    )
    found = list(rows.defer("body").order_by("created_at", "id")[:MOST_RESENT])
    if not found:
        return 0
    payloads: list[tuple[str, dict[str, Any]]] = [("", {"delivery": str(one.id)}) for one in found]
    jobs = enqueue_many(kind="webhooks.deliver", payloads=payloads, now=now, max_attempts=MOST_ATTEMPTS)
    for one, job in zip(found, jobs, strict=True):
        one.status, one.next_at, one.ended_at, one.job_id = Status.WAITING, now, None, job.id
    WebhookDelivery.objects.bulk_update(found, ["status", "next_at", "ended_at", "job_id"], batch_size=200)
    audit(action="webhook.failed_resent", actor=actor, target=(TARGET, endpoint.pk), after={"messages": len(found)})
    return len(found)


def give_up(*, delivery_id: uuid.UUID, code: str, now: datetime) -> None:
    """Mark a delivery whose job has died as failed; one that has ended stays as it is."""
    WebhookDelivery.objects.filter(id=delivery_id, status=Status.WAITING).update(
        status=Status.FAILED, last_error=code[:40], next_at=None, ended_at=now
    )


def _locked(endpoint_id: uuid.UUID) -> WebhookEndpoint:
    rows = WebhookEndpoint.objects.select_for_update(no_key=True)
    found: WebhookEndpoint | None = rows.filter(id=endpoint_id, removed_at__isnull=True).first()
    if found is None:
        raise NotFound
    return found


def _known(events: Sequence[str]) -> list[str]:
    known = [name for name, _label in maps.choices()]
    if not events or set(events) - set(known):
        raise Refused(_("Choose at least one of the events."))
    return [name for name in known if name in set(events)]


def _facts(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {"name": endpoint.name, "url": endpoint.url, "events": list(endpoint.events)}


def _this_transaction() -> tuple[int, datetime]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint, clock_timestamp()")
        number, at = cursor.fetchone()
    return int(number), at
