"""What the OpenAPI document says beyond its calls: which of them supplies what another one needs, and what goes together.

For programs that find their own way.
"""

from collections.abc import Mapping
from typing import Any

from pos.bodies import DIALED, SOMETHING

BASE = "/api/v1/"
ID, FIRST = "$response.body#/id", "$response.body#/results/0/id"
MEMBER = ("members/{member_id}", "members/{member_id}/statement", "members/{member_id}/responses")
ACTS = ("clip", "reserve", "release", "redeem", "reverse", "processing", "shipping", "cancel")
TARGETS: dict[str, tuple[str, ...]] = {
    "member_id": (*(f"get {path}" for path in MEMBER), "post members/{member_id}/responses/check"),
    "response_id": ("get responses/{response_id}", *(f"post responses/{{response_id}}/{act}" for act in ACTS)),
    "redeemed_id": (
        "get redeemed-rewards/{redeemed_id}",
        *(f"post redeemed-rewards/{{redeemed_id}}/{act}" for act in ("use", "unuse", "cancel")),
    ),
    "reward_id": ("post rewards/{reward_id}/redeem",),
    "offer_id": ("post offers/{offer_id}/responses",),
    "reference": ("post purchases/{reference}/returns",),
}
# The call, the status it succeeds with, the parameter that it supplies, and where in its answer that stands.
SOURCES: tuple[tuple[str, str, str, str], ...] = (
    ("post members", "201", "member_id", ID),
    ("get members", "200", "member_id", FIRST),
    ("post purchases", "201", "reference", "$response.body#/reference"),
    ("get offers", "200", "offer_id", FIRST),
    ("post offers/{offer_id}/responses", "201", "response_id", ID),
    ("get members/{member_id}/responses", "200", "response_id", FIRST),
    ("get rewards", "200", "reward_id", FIRST),
    ("post rewards/{reward_id}/redeem", "201", "redeemed_id", ID),
)
# Whom an act is for is told in its body; links may say that too.
BODIES: Mapping[str, Mapping[str, str]] = {
    "post offers/{offer_id}/responses": {"member_id": "$request.query.member_id"},
    "post rewards/{reward_id}/redeem": {"member_id": "$request.query.member_id"},
}


def add_links(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Put the links into the document, as drf-spectacular asks for it."""
    for source, status, name, where in SOURCES:
        answer = _operation(result, source)["responses"][status]
        answer.setdefault("links", {}).update(
            {_operation(result, target)["operationId"]: _link(result, target, name, where) for target in TARGETS[name]}
        )
    return result


def add_conditions(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Say that a member is known by one of three at least, which no list of fields can say."""
    known_by = {"email": SOMETHING, "phone": DIALED, "card_number": SOMETHING}
    ways = [{"required": [name], "properties": {name: {"pattern": look}}} for name, look in known_by.items()]
    result["components"]["schemas"]["NewMember"]["anyOf"] = ways
    _operation(result, "post members")["requestBody"]["required"] = True
    return result


def _link(result: dict[str, Any], target: str, name: str, where: str) -> dict[str, Any]:
    found: dict[str, Any] = {"operationId": _operation(result, target)["operationId"], "parameters": {name: where}}
    return found | ({"requestBody": dict(BODIES[target])} if target in BODIES else {})


def _operation(result: dict[str, Any], call: str) -> dict[str, Any]:
    method, _space, path = call.partition(" ")
    found: dict[str, Any] = result["paths"][BASE + path][method]
    return found
