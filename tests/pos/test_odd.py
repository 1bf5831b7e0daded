"""Bodies and addresses that no till sends, and whoever looks for a way in does: never an error of ours."""

import json
import uuid
from typing import Any

import pytest

from customers.models import Customer
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
LONG = "9" * 5000


def nested(depth: int) -> bytes:
    """Return a body whose lists stand that deep in each other."""
    return b'{"first_name": ' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"


@pytest.mark.parametrize("depth", [20, 30, 900, 5000])
def test_read_nothing_that_is_nested_too_deeply(till: Till, depth: int) -> None:
    response = till.post("members", raw=nested(depth))
    expected = "invalid_request" if depth <= 20 else "malformed_request"
    assert (response.status_code, response.json()["code"]) == (400, expected)


def test_know_a_nul_character_from_the_words_for_one(till: Till) -> None:
    words = {"card_number": "C-9", "first_name": r"\u0000"}
    made = till.post("members", words)
    assert (made.status_code, made.json()["first_name"]) == (201, r"\u0000")
    for body in ({"first_name": "a\x00"}, {"a\x00": 1}, {"items": [{"sku": "\x00"}]}):
        assert till.post("members", raw=json.dumps(body).encode()).json()["code"] == "malformed_request"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("members/{}/statement", "page_size"),
        ("members/{}/responses", "page_size"),
        ("rewards", "page_size"),
        ("members/{}/statement", "after"),
        ("members/{}/responses", "after"),
        ("rewards", "after"),
    ],
)
@pytest.mark.parametrize("value", [LONG, f"{LONG}_{uuid.UUID(int=1)}", "-1"])
def test_read_a_number_of_any_length(till: Till, mara: Customer, path: str, name: str, value: str) -> None:
    response: Any = till.get(path.format(mara.id), **{name: value})
    assert response.status_code in {200, 400}
    if response.status_code == 400:
        assert response.json()["errors"][0]["field"] == "after"


@pytest.mark.parametrize(("asked", "got"), [("2", 2), ("002", 2), ("0", 3), ("1000000000000", 3)])
def test_give_pages_of_the_size_that_was_asked_for(till: Till, mara: Customer, asked: str, got: int) -> None:
    for number in range(3):
        till.post("purchases", {"member_id": str(mara.id), "reference": f"r{number}", "amount": "1", "currency": "USD"})
    assert len(till.get(f"members/{mara.id}/statement", page_size=asked).json()["results"]) == got


@pytest.mark.parametrize("phone", ["none", "00", "\u247d" * 30])
def test_enrol_nobody_who_could_not_be_found_again(till: Till, phone: str) -> None:
    response = till.post("members", {"phone": phone})
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")
    assert [one["field"] for one in response.json()["errors"]] == ["email"]


@pytest.mark.parametrize(
    ("name", "value"), [("phone", "\u247d" * 30), ("email", "a@" + ("\u2121" * 20 + ".") * 11 + "com")]
)
def test_know_signs_that_stand_for_several(till: Till, name: str, value: str) -> None:
    """What is compared may be longer than what was typed."""
    assert till.post("members", {"card_number": "C-9", name: value}).status_code in {201, 400}
