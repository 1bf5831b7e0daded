"""The OpenAPI document: valid, complete, and what the answers really look like."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from drf_spectacular.validation import validate_schema
from rest_framework import serializers

from customers.models import Customer
from pos import shapes
from pos.urls import urlpatterns
from pos.views.schema import document, made
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as rewards
from tests.offers import factories as offers
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])

CALLS = """
POST /members | GET /members | GET /members/{member_id} | GET /members/{member_id}/statement | POST /purchases
POST /purchases/{reference}/returns | GET /members/{member_id}/responses | POST /members/{member_id}/responses/check
GET /responses/{response_id} | GET /responses | GET /offers | POST /offers/{offer_id}/responses
POST /responses/{response_id}/clip | POST /responses/{response_id}/reserve | POST /responses/{response_id}/release
POST /responses/{response_id}/redeem | POST /responses/{response_id}/reverse | POST /responses/{response_id}/processing
POST /responses/{response_id}/shipping | POST /responses/{response_id}/cancel | GET /rewards
POST /rewards/{reward_id}/redeem | GET /redeemed-rewards/{redeemed_id} | POST /redeemed-rewards/{redeemed_id}/use
POST /redeemed-rewards/{redeemed_id}/unuse | POST /redeemed-rewards/{redeemed_id}/cancel
"""


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(document())
    return found


def test_be_valid(schema: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    made.__wrapped__()
    assert capsys.readouterr().err == ""
    assert schema["openapi"] == "3.1.0"
    valid: Any = validate_schema
    valid(schema)


def test_be_made_once_whoever_asks_meanwhile(schema: dict[str, Any]) -> None:
    """The generator is not made for several threads: without the turns most of them fail."""
    made.cache_clear()
    with ThreadPoolExecutor(6) as threads:
        told = list(threads.map(lambda _number: json.loads(document()), range(6)))
    assert told == [schema] * 6


def test_tell_of_every_call_and_of_nothing_else(schema: dict[str, Any]) -> None:
    told = {
        f"{method.upper()} {path.removeprefix('/api/v1')}" for path, one in schema["paths"].items() for method in one
    }
    assert told == set(re.split(r"\s*[|\n]\s*", CALLS.strip()))
    ours = [one for one in urlpatterns if one.name not in {"root", "schema", "docs", "nowhere"}]
    assert len(ours) == len(schema["paths"])


def test_name_codes_key_and_scope(schema: dict[str, Any]) -> None:
    redeem = schema["paths"]["/api/v1/responses/{response_id}/redeem"]["post"]
    assert {"`already_completed`", "`reserved_by_another`", "`request_in_progress`"} <= set(
        redeem["responses"]["409"]["description"].split(", ")
    )
    assert "application/problem+json" in redeem["responses"]["409"]["content"]
    assert "Idempotency-Key" in {one["name"] for one in redeem["parameters"]}
    assert redeem["security"] == [{"apiKey": []}]
    assert "`write`" in redeem["description"]
    assert "`read`" in schema["paths"]["/api/v1/members"]["get"]["description"]
    check = schema["paths"]["/api/v1/members/{member_id}/responses/check"]["post"]
    assert "Idempotency-Key" not in {one["name"] for one in check["parameters"]}


def test_answer_everybody(client: Client) -> None:
    told = client.get("/api/v1/").json()
    assert {name: client.get(address).status_code for name, address in told.items()} == {"schema": 200, "docs": 200}
    response = client.get("/api/v1/schema/")
    assert (response.status_code, response["Content-Type"].split(";")[0]) == (200, "application/vnd.oai.openapi+json")
    page = client.get("/api/v1/docs/")
    assert page.status_code == 200
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def assert_fits(shape: Any, value: Any, path: str = "") -> None:
    """Hold an answer against its shape: every field there, no field more, nothing empty that may not be."""
    shape = shape() if isinstance(shape, type) else shape
    if value is None:
        assert shape.allow_null, path
    elif isinstance(shape, serializers.ListSerializer):
        for number, one in enumerate(value):
            assert_fits(shape.child, one, f"{path}[{number}]")
    elif isinstance(shape, serializers.Serializer):
        fields = shape.get_fields()
        needed = {name for name, field in fields.items() if field.required}
        assert needed <= set(value) <= set(fields), (path, set(value) ^ set(fields))
        for name, one in value.items():
            assert_fits(fields[name], one, f"{path}.{name}")
    else:
        shape.run_validation(value)


def test_look_like_the_answers(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        reward = rewards.reward(cost_in_points=5)
        rewards.points(mara, 50, expires_at=timezone.now() + timedelta(days=3))
        response = offers.give(offers.offer(), mara)
    member = {"member_id": str(mara.id)}
    basket = {"amount": "1", "currency": "USD"}
    redeemed = till.post(f"rewards/{reward.id}/redeem", member).json()
    seen: dict[Any, Any] = {
        shapes.Member: till.post("members", {"email": "new@example.com"}),
        shapes.MemberWithPoints: till.get(f"members/{mara.id}"),
        shapes.listed(shapes.Member): till.get("members", email="new@example.com"),
        shapes.listed(shapes.StatementLine): till.get(f"members/{mara.id}/statement"),
        shapes.listed(shapes.Reward): till.get("rewards", **member),
        shapes.RedeemedReward: till.get(f"redeemed-rewards/{redeemed['id']}"),
        shapes.listed(shapes.ClaimableOffer): till.get("offers", **member),
        shapes.Response: till.post(f"responses/{response.id}/reserve"),
        shapes.listed(shapes.Response): till.get(f"members/{mara.id}/responses"),
        shapes.Checked: till.post(f"members/{mara.id}/responses/check", basket, key=""),
        shapes.Purchase: till.post("purchases", member | basket | {"reference": "1"}),
        shapes.Return: till.post("purchases/1/returns", {"reference": "1", "amount": "1"}),
        shapes.Problem: till.post(f"responses/{response.id}/reserve"),
    }
    for shape, answer in seen.items():
        assert_fits(shape, answer.json(), shape.__name__)
    assert seen[shapes.Problem].status_code == 409
