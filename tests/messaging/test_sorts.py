"""Messages, closed addresses, endpoints and their log in the order of what their cells show, and found by a piece of it."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from messaging.models import Message, Suppression
from messaging.states import Status
from messaging.webhooks.models import WebhookDelivery, WebhookEndpoint
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.messaging.test_webhook_pages import owner
from tests.support.counting import queries_of
from tests.support.shown import in_order, shown

__all__ = ["owner"]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])
Queue = Callable[..., Message]
SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/deliveries/"
CLOSED = f"{LIST}suppressed/"
HOOKS = "/m/brew-bloom/settings/webhooks/"
LOG = f"{HOOKS}log/"
ABOUT = uuid.UUID("019a0000-0000-7000-8000-0000deadbeef")
REASONS = (
    "",
    "http_429",
    "smtp_550 5.1.1",
    "smtp_554",
    "suppressed_bounced",
    "switched_off",
    "5.2.2",
    "TimeoutError",
    "Strange",
    "smtp_451",
)


@pytest.fixture
def mails(queue: Queue, merchant: Merchant) -> list[Message]:
    """A message for every reason that is told in another way."""
    made = [queue(f"p{n}@example.com", to_name=f"Pat Number{n}", origin="claim") for n in range(len(REASONS))]
    with merchant_scope(merchant):
        for message, reason in zip(made, REASONS, strict=True):
            Message.objects.filter(pk=message.pk).update(last_error=reason, status=Status.FAILED, subject="Your gift")
        Message.objects.filter(pk=made[3].pk).update(origin="strange_thing")
    return made


def test_sort_messages_by_the_words_of_the_reason(mails: list[Message], signed_in: SignedIn) -> None:
    reasons = [text.lower().partition("…")[0] for text in in_order(signed_in(Role.VIEWER), LIST, "last_error", all="1")]
    assert reasons == sorted(reasons)
    assert reasons[:2] == ["", "e-mails of this kind were switched off meanwhile"]


def test_sort_messages_by_the_name_of_the_document(mails: list[Message], signed_in: SignedIn) -> None:
    assert in_order(signed_in(Role.VIEWER), LIST, "document", all="1") == ["Claim"] * 9 + ["Strange thing"]


def test_sort_messages_without_another_query(mails: list[Message], signed_in: SignedIn) -> None:
    client = signed_in(Role.VIEWER)
    counts = {len(queries_of(client, LIST, all="1", sort=sort)) for sort in ("queued", "last_error", "document")}
    counts.add(len(queries_of(client, LIST, all="1", q="pat")))
    assert len(counts) == 1
    assert max(counts) <= 12


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("number3", [3]),
        ("pat P4@", [4]),
        ("P5@Example.com", [5]),
        ("your gift number6", [6]),
        ("@example.co", list(range(10))),
        ("nobody", []),
        ("p5@example.co", []),
    ],
)
def test_find_messages(mails: list[Message], signed_in: SignedIn, q: str, found: list[int]) -> None:
    people = shown(signed_in(Role.VIEWER), LIST, "to", all="1", sort="to", q=q)
    assert people == [f"Pat Number{n}p{n}@example.com" for n in found]


def test_find_messages_by_id(
    mails: list[Message], queue: Queue, signed_in: SignedIn, other_merchant: Merchant, settings: Any
) -> None:
    foreign = queue(whose=other_merchant)
    settings.MESSAGE_RENDERERS = "config.messages.RENDERERS"
    client = signed_in(Role.VIEWER)
    for key, count in ((mails[1].pk, 1), (mails[2].origin_id, 1), (foreign.pk, 0), (foreign.origin_id, 0)):
        assert len(shown(client, LIST, "to", all="1", q=str(key))) == count


@pytest.fixture
def closed(merchant: Merchant, other_merchant: Merchant) -> None:
    """Addresses that were closed by hand and by messages."""
    for whose, names in ((merchant, ("ann", "bob", "cleo")), (other_merchant, ("ann.foreign",))):
        with merchant_scope(whose):
            for name in names:
                Suppression.objects.create(
                    email_norm=f"{name}@example.com",
                    reason="bounced",
                    message_ref=None if name == "bob" else uuid.uuid4(),
                    created_at=timezone.now(),
                )


@pytest.mark.usefixtures("closed")
def test_sort_and_find_closed_addresses(signed_in: SignedIn) -> None:
    client = signed_in(Role.VIEWER)
    assert in_order(client, CLOSED, "message") == ["", "Open", "Open"]
    for q, found in (("an", ["ann@example.com"]), ("BOB@example.com", ["bob@example.com"]), ("zoe", [])):
        assert shown(client, CLOSED, "address", q=q) == found


@pytest.fixture
def hooks(merchant: Merchant, other_merchant: Merchant) -> dict[str, WebhookEndpoint]:
    """Endpoints that are on, failing and off."""
    now = timezone.now()
    common: dict[str, Any] = {"from_xid": 1, "created_at": now}
    with merchant_scope(other_merchant):
        WebhookEndpoint.objects.create(name="Theirs", url="https://theirs.example/", events=["reward.used"], **common)
    with merchant_scope(merchant):
        return {
            "shop": WebhookEndpoint.objects.create(
                name="shop", url="https://shop.example/", events=["a", "b", "c"], delivered_at=now, **common
            ),
            "Till": WebhookEndpoint.objects.create(
                name="Till", url="https://till.example/hook", events=["a"], failing_since=now, **common
            ),
            "Old": WebhookEndpoint.objects.create(
                name="Old",
                url="https://old.example/",
                events=["a", "b"],
                is_active=False,
                delivered_at=now - timedelta(days=1),
                **common,
            ),
        }


def test_sort_and_find_endpoints(hooks: dict[str, WebhookEndpoint], owner: Client) -> None:
    assert in_order(owner, HOOKS, "state") == ["On", "Failing", "Off"]
    assert [text[0] for text in in_order(owner, HOOKS, "events")] == ["1", "2", "3"]
    assert in_order(owner, HOOKS, "delivered")[0] == ""
    for q, found in (("till.ex", ["Till"]), ("SHOP", ["shop"]), ("theirs", [])):
        assert [re.split("https", text)[0] for text in shown(owner, HOOKS, "name", q=q)] == found


@pytest.fixture
def log(hooks: dict[str, WebhookEndpoint], merchant: Merchant) -> dict[str, WebhookEndpoint]:
    """Messages to them: waiting, answered, and cut off."""
    now = timezone.now()
    told: list[dict[str, Any]] = [
        {"endpoint": hooks["shop"], "status": "waiting", "next_at": now},
        {
            "endpoint": hooks["Till"],
            "status": "waiting",
            "attempts": 2,
            "next_at": now - timedelta(1),
            "last_status": 503,
        },
        {"endpoint": hooks["shop"], "status": "delivered", "ended_at": now, "last_status": 200, "subject_id": ABOUT},
        {"endpoint": hooks["Old"], "status": "failed", "ended_at": now, "last_error": "no_answer"},
        {"endpoint": hooks["Till"], "status": "failed", "ended_at": now, "last_error": "bad_address"},
        {"endpoint": hooks["Old"], "status": "failed", "ended_at": now, "subject_id": uuid.uuid4(), "last_status": 299},
    ]
    with merchant_scope(merchant):
        for one in told:
            WebhookDelivery.objects.create(event="reward.used", body="{}", created_at=now, **one)
    return hooks


@pytest.mark.parametrize("column", ["answer", "endpoint", "about"])
def test_sort_the_log_by_what_is_shown(log: dict[str, WebhookEndpoint], owner: Client, column: str) -> None:
    texts = [text.lower() for text in in_order(owner, LOG, column)]
    assert texts == sorted(texts)
    assert len(set(texts)) > 2


def test_sort_the_log_by_the_next_attempt(log: dict[str, WebhookEndpoint], owner: Client) -> None:
    following = in_order(owner, LOG, "next")
    assert following[2:] == [""] * 4
    assert following[0] != following[1] != ""
    assert len(in_order(owner, f"{HOOKS}{log['shop'].pk}/", "next")) == 2


def test_find_in_the_log(log: dict[str, WebhookEndpoint], owner: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        one = WebhookDelivery.objects.get(subject_id=ABOUT)
    found = {
        "deadbeef": 1,
        str(ABOUT): 1,
        one.message_id: 1,
        "till": 2,
        "reward.us": 6,
        "theirs": 0,
        str(uuid.uuid4()): 0,
    }
    assert {q: len(shown(owner, LOG, "event", q=q)) for q in found} == found
    assert len(queries_of(owner, LOG, q="till", sort="answer")) == len(queries_of(owner, LOG)) <= 12
