"""The document's webhooks: the events that are announced, in the shape in which they are, and the guide in step."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # it has no types
import pytest
from django.conf import settings
from django.utils import timezone

from config.webhooks import EVENTS
from messaging.webhooks.announcing import announce
from messaging.webhooks.models import WebhookDelivery
from messaging.webhooks.services import send_test
from messaging.webhooks.states import TEST_EVENT
from pos.views.schema import document
from tenancy.models import Merchant
from tests.loyalty import factories as reward_make
from tests.messaging.hooking import BY, at_once, endpoint
from tests.offers import factories as make

__all__ = ["at_once"]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document())
    return found


def test_tell_of_every_event_and_of_nothing_else(schema: dict[str, Any]) -> None:
    assert set(schema["webhooks"]) == {one.name for one in EVENTS.values()} | {TEST_EVENT}
    for name, path in schema["webhooks"].items():
        body = path["post"]["requestBody"]["content"]["application/json"]["schema"]
        assert body["properties"]["type"]["const"] == name
    ids = [path["post"]["operationId"] for path in schema["webhooks"].values()]
    assert len(set(ids)) == len(ids)


def test_guide_names_the_same_events() -> None:
    guide = (Path(settings.BASE_DIR) / "docs" / "webhooks.md").read_text()
    assert set(re.findall(r"`((?:response|reward|webhook)\.\w+)`", guide)) == {one.name for one in EVENTS.values()} | {
        TEST_EVENT
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("at_once")
def test_messages_are_what_the_document_says(schema: dict[str, Any], scope: Merchant) -> None:
    hook = endpoint(events=tuple(one.name for one in EVENTS.values()))
    make.give(make.offer(pool=make.pool(3)))
    who = reward_make.customer()
    reward_make.points(who, 500)
    reward_make.take(reward_make.reward(), who)
    announce(now=timezone.now())
    send_test(endpoint_id=hook.id, actor=BY, now=timezone.now())
    sent = list(WebhookDelivery.objects.all())
    assert {one.event for one in sent} == {"response.issued", "reward.redeemed", TEST_EVENT}
    for one in sent:
        body = json.loads(one.body)
        assert_fits(schema, one.event, body)
        # The whole document, and not its id alone, which would fit as well.
        assert len(body["data"]) > 1


def assert_fits(schema: dict[str, Any], event: str, body: dict[str, Any]) -> None:
    """Hold a message against the document, references and all, and against more than it promises."""
    wanted = schema["webhooks"][event]["post"]["requestBody"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator({**wanted, "components": schema["components"]}).validate(body)
    alternatives = wanted["properties"]["data"].get("anyOf")
    if alternatives:
        name = alternatives[0]["$ref"].rsplit("/", 1)[1]
        assert set(body["data"]) == set(schema["components"]["schemas"][name]["properties"])
