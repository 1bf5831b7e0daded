"""Write down who changed what: called by the service that makes the change, in its transaction."""

import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils import timezone

from tenancy.actors import Actor
from tenancy.models import AuditEvent, SecurityEvent
from tenancy.requests import current_request
from tenancy.scope import current_merchant_id

MANY = """
INSERT INTO tenancy_auditevent
    (merchant_id, id, action, actor, target_type, target_id, before, after, reason, ip, request_id, at)
SELECT %(merchant)s, uuidv7(), %(action)s, %(actor)s, %(target_type)s, one.id, one.facts, NULL, %(reason)s, %(ip)s::inet,
    %(request_id)s, %(at)s
FROM unnest(%(ids)s::uuid[], %(facts)s::jsonb[]) AS one (id, facts)
"""


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


def what_changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return of two sets of facts what differs, for the log to say what was changed and not all that stands there."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return {name: before.get(name) for name in names}, {name: after.get(name) for name in names}


def audit_many(
    *, action: str, actor: Actor, target_type: str, before: dict[uuid.UUID, dict[str, Any]], reason: str = ""
) -> None:
    """Write one audit event for each of many targets, given by their ids with what each was before; one statement."""
    request = current_request()
    values: dict[str, Any] = {
        "merchant": current_merchant_id(),
        "action": action,
        "actor": str(actor),
        "target_type": target_type,
        "ids": list(before),
        "facts": [json.dumps(facts, cls=DjangoJSONEncoder) for facts in before.values()],
        "reason": reason[:500],
        "ip": request.ip if request else None,
        "request_id": request.id if request else "",
        "at": timezone.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(MANY, values)


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
