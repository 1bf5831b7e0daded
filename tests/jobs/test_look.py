"""The pages of jobs, codes and deliveries in a browser: axe, both widths, light and dark, a quiet console."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from codes import services as codes
from codes.filling import insert
from codes.models import CodePool
from codes.normalise import value_norm
from codes.stock import check_pools
from jobs.models import Job, PeriodicRun
from jobs.services import enqueue
from jobs.states import State
from messaging.models import Message
from messaging.services import queue_message
from messaging.states import Status
from messaging.status import Move, move_all
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.seeing import enter, look

BY = Actor.system()
KINDS = ["message.send", "codes.generate", "ledger.check", "codes.low_pool", "retention.clean"]


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """A server in this process, which also hands out the style sheets."""
    live = LiveServer("localhost")
    yield live.url
    live.stop()


@pytest.fixture
def busy(server: str, merchant: Merchant, settings: Any) -> Merchant:
    """A merchant with jobs, pools and messages in every state."""
    settings.JOB_HANDLERS = "config.jobs.HANDLERS"
    now = timezone.now()
    PeriodicRun.objects.create(name="poke_due", period_start=now, started_at=now)
    with merchant_scope(merchant):
        put_down_jobs(now)
        fill_pools(now)
        queue_messages(now)
    return merchant


def put_down_jobs(now: Any) -> None:
    """Jobs in every state."""
    for number, kind in enumerate(KINDS * 3):
        job = enqueue(kind=kind, payload={}, now=now - timedelta(minutes=7 * number))
        if number % 5 == 1:
            Job.objects.filter(id=job.id).update(done_rows=40_000, total_rows=150_000)
        elif number % 5:
            state = [State.DONE, State.DEAD, State.CANCELLED][number % 3]
            Job.objects.filter(id=job.id).update(
                state=state, finished_at=now, attempts=3, last_error="smtp_451" if state == State.DEAD else ""
            )


def fill_pools(now: Any) -> None:
    """A full pool with codes in every state, and a low one."""
    for name, count in (("Autumn roast", 60), ("Nearly empty", 3)):
        pool = CodePool.objects.create(name=name, created_at=now)
        values = [f"{name[:4].upper()}-ABCD-{number:04}" for number in range(count)]
        insert(pool_id=pool.id, codes=[(value, value_norm(value)) for value in values], now=now)
    first = CodePool.objects.get(name="Autumn roast")
    taken = [codes.take(pool_id=first.id, origin="claim", origin_id=uuid.uuid4(), now=now, actor=BY) for _ in range(4)]
    codes.burn(code_id=taken[0].id, actor=BY, now=now)
    check_pools(now=now)


def queue_messages(now: Any) -> None:
    """Messages in every status."""
    ways = [[], [Status.SENT, Status.DELIVERED], [Status.SENT, Status.BOUNCED], [Status.FAILED], [Status.COMPLAINED]]
    for number, way in enumerate(ways * 4):
        message = queue_message(
            kind="claim.gift",
            origin="test",
            origin_id=uuid.uuid4(),
            customer_id=None,
            to_address=f"customer{number}@example.com",
            to_name="Jane Doe",
            context={},
            actor=BY,
            now=now,
        )
        for status in way:
            move_all([Move(message, status, now, "bounced 5.1.1" if status == Status.BOUNCED else "", "postmark")])


@pytest.mark.browser
def test_look_at_every_page(busy: Merchant, server: str, page: Page, signed_in: Callable[[Role], Client]) -> None:
    complaints = enter(page, server, signed_in(Role.ADMIN))
    with merchant_scope(busy):
        pool = CodePool.objects.get(name="Autumn roast")
        message = Message.objects.filter(status=Status.BOUNCED).first()
    assert message is not None
    addresses = {
        "jobs": "jobs/",
        "pools": "code-pools/",
        "pool": f"code-pools/{pool.id}/",
        "pool-upload": f"code-pools/{pool.id}/upload/",
        "deliveries": "deliveries/",
        "message": f"deliveries/{message.id}/",
    }
    found = {}
    for name, address in addresses.items():
        page.goto(f"{server}/m/{busy.slug}/{address}")
        found[name] = look(page, name)

    assert {name: faults for name, faults in found.items() if faults} == {}
    assert complaints == []
