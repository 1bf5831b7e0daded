"""Merchants, their staff, keys and the record of who did what."""

from tenancy.models.access import ApiKey, Membership
from tenancy.models.audit import AuditEvent, SecurityEvent
from tenancy.models.calls import ApiCall
from tenancy.models.idempotency import IdempotencyRecord
from tenancy.models.invitation import Invitation
from tenancy.models.lists import SavedView, UserPreference
from tenancy.models.merchant import Merchant
from tenancy.models.retention import Retention
from tenancy.models.second_factor import UsedCounter
from tenancy.models.throttle import ThrottleBucket
from tenancy.models.user import User

__all__ = [
    "ApiCall",
    "ApiKey",
    "AuditEvent",
    "IdempotencyRecord",
    "Invitation",
    "Membership",
    "Merchant",
    "Retention",
    "SavedView",
    "SecurityEvent",
    "ThrottleBucket",
    "UsedCounter",
    "User",
    "UserPreference",
]
