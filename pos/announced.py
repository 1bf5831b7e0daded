"""The webhooks in the OpenAPI document: each event that is announced, from the same list that announces it."""

from typing import Any

from django.utils import translation

from messaging.webhooks import maps
from messaging.webhooks.states import LARGEST_BODY, TEST_EVENT
from pos.events import SHAPES

TAG = "webhooks"
HEADERS = {
    "webhook-id": ("Names the message, the same at every attempt: do nothing the second time.", {"pattern": "^msg_"}),
    "webhook-timestamp": ("When this attempt was made, in seconds since 1970.", {"pattern": "^[0-9]+$"}),
    "webhook-signature": (
        "`v1,` and the base64 of an HMAC-SHA256 over id, timestamp and body, joined by dots; two where the secret is new.",
        {"pattern": "^v1,"},
    ),
}
ANSWERS = {
    "2XX": "Taken. Anything else is tried again for three and a half days.",
    "410": "Gone: the endpoint is switched off at once.",
}
TEST_DATA = {
    "type": "object",
    "required": ["endpoint_id", "events"],
    "properties": {
        "endpoint_id": {"type": "string", "format": "uuid"},
        "events": {"type": "array", "items": {"type": "string"}},
    },
}


def add_webhooks(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Put every event, and the test, into the document, as drf-spectacular asks for it."""
    schemas = result["components"]["schemas"]
    names = {kind: f"Announced{shape.__name__}" for kind, (shape, _left_out) in SHAPES.items()}
    for kind, (shape, left_out) in SHAPES.items():
        schemas[names[kind]] = _announced(schemas[shape.__name__], left_out)
    with translation.override("en"):
        found = {
            one.name: _operation(one.name, str(one.label), _data_of(names[one.builder]))
            for one in maps.events().values()
        }
        found[TEST_EVENT] = _operation(TEST_EVENT, maps.label_of(TEST_EVENT), TEST_DATA)
    result["webhooks"] = {name: {"post": operation} for name, operation in found.items()}
    return result


def _announced(shape: dict[str, Any], left_out: str) -> dict[str, Any]:
    """Return the shape of an answer without the code, which is worth money and stays out of logs."""
    return shape | {
        "description": f"{shape['description']} Without its code.",
        "properties": {name: look for name, look in shape["properties"].items() if name != left_out},
        "required": [name for name in shape["required"] if name != left_out],
    }


def _data_of(name: str) -> dict[str, Any]:
    alone = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}
    words = (
        f"As it stood when the message was written; its id alone where it is larger than {LARGEST_BODY // 1024} KiB."
    )
    return {"description": words, "anyOf": [{"$ref": f"#/components/schemas/{name}"}, alone]}


def _operation(event: str, label: str, data: dict[str, Any]) -> dict[str, Any]:
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": event},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": data,
        },
    }
    return {
        "operationId": f"webhook_{event.replace('.', '_')}",
        "summary": label,
        "description": "Sent to the endpoints that want it, signed as Standard Webhooks describes it.",
        "tags": [TAG],
        "parameters": [_header(name, words, look) for name, (words, look) in HEADERS.items()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {status: {"description": words} for status, words in ANSWERS.items()},
        "security": [],
    }


def _header(name: str, words: str, look: dict[str, str]) -> dict[str, Any]:
    return {"in": "header", "name": name, "required": True, "description": words, "schema": {"type": "string"} | look}
