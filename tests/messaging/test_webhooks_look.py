"""The pages of webhooks and of a key in a browser: axe, both widths, light and dark, and a test that arrives."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from jobs.runner import run_due
from messaging.webhooks import services
from messaging.webhooks.models import WebhookDelivery
from tenancy.models import ApiCall, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.messaging.hooking import BY, Receiver, endpoint, receiver
from tests.pos.till import Till
from tests.support.seeing import enter, look
from tests.tenancy.conftest import PASSWORD, sign_in

__all__ = ["receiver"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases=["default", "aside"])]
BASE = "/m/brew-bloom/settings/"


@pytest.fixture
def server(transactional_db: None) -> Iterator[str]:
    """A server in this process, which also hands out the style sheets."""
    live = LiveServer("localhost")
    yield live.url
    live.stop()


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    """The owner's browser; she has just signed in."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)
    user = User.objects.create_user("olga@brew-bloom.example", PASSWORD, name="Olga")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    client = Client()
    sign_in(client, user)
    assert django_settings.SESSION_COOKIE_NAME in client.cookies
    return client


def work_until(done: threading.Event) -> None:
    """Do the worker's part until told otherwise."""
    while not done.wait(0.05):
        run_due()
    connections.close_all()


@pytest.fixture
def worker() -> Iterator[None]:
    """Somebody who does what is due."""
    done = threading.Event()
    thread = threading.Thread(target=work_until, args=(done,))
    thread.start()
    yield
    done.set()
    thread.join()


def test_look_right(server: str, page: Page, owner: Client, merchant: Merchant, receiver: Receiver) -> None:
    with merchant_scope(merchant):
        hook = endpoint(receiver.url)
        sent = services.send_test(endpoint_id=hook.id, actor=BY, now=timezone.now())
    till = Till(merchant)
    run_due()
    with merchant_scope(merchant):
        WebhookDelivery.objects.update(next_at=None)
        services.send_test(endpoint_id=hook.id, actor=BY, now=timezone.now())
        facts: dict[str, Any] = {
            "method": "POST",
            "route": "api/v1/offers/<str:offer_id>/responses",
            "at": sent.created_at,
        }
        rows = [(201, ""), (409, "sold_out"), (500, "internal_error")]
        ApiCall.objects.bulk_create(
            ApiCall(key=till.key, status=status, code=code, milliseconds=9.5, request_id="r-1", **facts)
            for status, code in rows
        )
    complaints = enter(page, server, owner)
    pages = {
        "endpoint": f"webhooks/{hook.id}/",
        "message": f"webhooks/log/{sent.id}/",
        "key": f"api-keys/{till.key.pk}/",
    }
    found = {}
    for name, path in pages.items():
        page.goto(server + BASE + path)
        found[name] = look(page, name)
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert complaints == []


def test_see_a_test_arrive(
    server: str, page: Page, owner: Client, merchant: Merchant, receiver: Receiver, worker: None
) -> None:
    with merchant_scope(merchant):
        hook = endpoint(receiver.url)
    complaints = enter(page, server, owner)
    page.goto(f"{server}{BASE}webhooks/{hook.id}/")
    page.get_by_role("link", name="Send test event").click()
    page.get_by_role("dialog").get_by_role("button", name="Send test event").click()
    expect(page.get_by_text("200 OK").first).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(f"{server}{BASE}webhooks/log/")))
    assert len(receiver.taken) == 1
    assert complaints == []
