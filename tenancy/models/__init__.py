"""Merchants, their staff, keys and the record of who did what."""

from tenancy.models.access import ApiKey, Membership
from tenancy.models.audit import AuditEvent, SecurityEvent
from tenancy.models.idempotency import IdempotencyRecord
from tenancy.models.merchant import Merchant
from tenancy.models.throttle import ThrottleBucket
from tenancy.models.user import User

__all__ = [
    "ApiKey",
    "AuditEvent",
    "IdempotencyRecord",
    "Membership",
    "Merchant",
    "SecurityEvent",
    "ThrottleBucket",
    "User",
]
