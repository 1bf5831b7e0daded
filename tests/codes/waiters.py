"""A room of documents that wait for codes, as codes sees one."""

import uuid
from collections.abc import Collection
from datetime import datetime

from codes import services
from codes.models import Waiting
from tenancy.actors import Actor

WAITERS = {"paper": "tests.codes.waiters"}
served: list[uuid.UUID] = []
unwilling: set[uuid.UUID] = set()
dies_at: int | None = None


def hold(*, origin_id: uuid.UUID) -> None:
    """Hold the document."""


def give(*, origin_id: uuid.UUID, now: datetime) -> None:
    """Take the code that is free now."""
    if origin_id in unwilling:
        return
    pool_id = Waiting.objects.values_list("pool_id", flat=True).get(origin_id=origin_id)
    services.take(pool_id=pool_id, origin="paper", origin_id=origin_id, now=now, actor=Actor.system())
    served.append(origin_id)
    if len(served) == dies_at:
        raise KeyboardInterrupt


def named(*, origin_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """Name them by their ids."""
    return {one: (str(one), "") for one in origin_ids}
