"""Jobs of test kinds."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs.models import Job
from jobs.services import enqueue
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
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


@pytest.fixture
def signed_in(merchant: Merchant) -> Callable[[Role], Client]:
    """Makes a browser that is signed in as a member with this role."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(email=f"{role.name.lower()}@brew-bloom.example", password="x" * 12)
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in
