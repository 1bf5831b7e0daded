"""Write down who changed what: called by the service that makes the change, in its transaction."""

import uuid
from typing import Any

from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import AuditEvent, SecurityEvent
from tenancy.requests import current_request


def audit(
    *,
    action: str,
    actor: Actor,
    target: tuple[str, uuid.UUID | None],
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> AuditEvent:
    """Write one audit event for the merchant in scope; address and request id come from the request, if there is one."""
    request = current_request()
    return AuditEvent.objects.create(
        action=action,
        actor=str(actor),
        target_type=target[0],
        target_id=target[1],
        before=before,
        after=after,
        reason=reason[:500],
        ip=request.ip if request else None,
        request_id=request.id if request else "",
        at=timezone.now(),
    )


def audit_many(
    *, action: str, actor: Actor, target_type: str, before: dict[uuid.UUID, dict[str, Any]], reason: str = ""
) -> None:
    """Write one audit event for each of many targets, given by their ids with what each was before; one statement."""
    request, at = current_request(), timezone.now()
    AuditEvent.objects.bulk_create(
        [
            AuditEvent(
                action=action,
                actor=str(actor),
                target_type=target_type,
                target_id=target_id,
                before=facts,
                reason=reason[:500],
                ip=request.ip if request else None,
                request_id=request.id if request else "",
                at=at,
            )
            for target_id, facts in before.items()
        ]
    )


def security_event(
    *, kind: str, user_id: uuid.UUID | None = None, merchant_id: uuid.UUID | None = None, detail: str = ""
) -> None:
    """Write what happened at a gate on the `aside` connection, so that a rolled-back request cannot undo it."""
    request = current_request()
    SecurityEvent.objects.create(
        kind=kind,
        user_id=user_id,
        merchant_id=merchant_id,
        detail=detail[:200],
        ip=request.ip if request else None,
        request_id=request.id if request else "",
    )
