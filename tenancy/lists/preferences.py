"""Settings of one member of staff at one merchant, by name. All of it runs in the merchant's scope."""

import uuid
from typing import Any

from django.utils import timezone

from tenancy.models import UserPreference


def preference(*, user_id: uuid.UUID, name: str, default: Any = None) -> Any:
    """Return what this person chose, or `default` where nothing was; one query."""
    found: UserPreference | None = UserPreference.objects.filter(user=user_id, name=name).first()
    return default if found is None else found.value


def set_preference(*, user_id: uuid.UUID, name: str, value: Any) -> None:
    """Keep what this person chose (anything that JSON holds), in place of what was chosen before."""
    row = UserPreference.made_with(user_id=user_id, name=name, value=value, updated_at=timezone.now())
    UserPreference.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["merchant", "user", "name"],
        update_fields=["value", "updated_at"],
    )
