"""Jobs of test kinds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.jobs import work


@pytest.fixture(autouse=True)
def kinds(settings: Any) -> Iterator[None]:
    """The kinds of tests.jobs.work instead of the application's."""
    settings.JOB_HANDLERS = "tests.jobs.work.HANDLERS"
    yield
    work.seen.clear()
    work.batches.clear()
    work.dead.clear()


@pytest.fixture
def put_down(merchant: Merchant) -> Callable[..., Job]:
    """Puts a job down in the merchant's scope."""

    def put(kind: str = "test.note", payload: dict[str, Any] | None = None, **values: Any) -> Job:
        with merchant_scope(values.pop("whose", merchant)):
            return enqueue(kind=kind, payload=payload or {}, now=timezone.now(), **values)

    return put


@pytest.fixture
def stored(merchant: Merchant) -> Callable[[Job], Job]:
    """Reads a job back."""

    def read(job: Job) -> Job:
        with merchant_scope(job.merchant_id):
            return Job.objects.get(id=job.id)

    return read
