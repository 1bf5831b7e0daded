"""The key, its scopes, its limit; what is read strictly; what answers a problem document."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from tenancy.models import ApiKey, Merchant
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def problem_of(response: Any) -> tuple[int, str]:
    assert response["Content-Type"] == "application/problem+json"
    document = response.json()
    assert set(document) >= {"type", "title", "status", "detail", "code", "errors"}
    assert document["status"] == response.status_code
    return response.status_code, document["code"]


@pytest.mark.parametrize("text", ["", "Bearer ", "Bearer pk_nobody_x", "Basic abc", "Bearer pk_", "Bearer ☃"])
def test_let_nobody_in_without_a_key(merchant: Merchant, text: str) -> None:
    response = Client().get("/api/v1/rewards", headers={"Authorization": text.encode().decode("latin-1")})
    assert problem_of(response) == (401, "unauthorized")
    assert response["WWW-Authenticate"].startswith("Bearer")


def test_refuse_a_key_whose_secret_is_wrong(till: Till) -> None:
    till.text = till.text[:-3] + "xxx"
    assert problem_of(till.get("rewards")) == (401, "unauthorized")


@pytest.mark.parametrize("change", [{"revoked_at": timedelta(seconds=-1)}, {"expires_at": timedelta(seconds=-1)}])
def test_refuse_a_key_that_is_over(till: Till, merchant: Merchant, change: dict[str, timedelta]) -> None:
    with merchant_scope(merchant):
        ApiKey.objects.update(**{name: timezone.now() + delta for name, delta in change.items()})
    assert problem_of(till.get("rewards")) == (401, "unauthorized")


def test_ask_for_the_scope(merchant: Merchant, mara: Customer) -> None:
    reader = Till(merchant, [KeyScope.READ])
    assert reader.get(f"members/{mara.id}").status_code == 200
    assert reader.get("members", email="mara@example.com").status_code == 200
    assert problem_of(Till(merchant, [KeyScope.WRITE]).get("rewards")) == (403, "scope_missing")
    assert problem_of(reader.post("members", {"email": "x@example.com"})) == (403, "scope_missing")


def test_limit_calls_that_a_key_may_not_make(merchant: Merchant, settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 0.01
    writer = Till(merchant, [KeyScope.WRITE])
    assert [writer.get("rewards").status_code for _ in range(6)] == [403] * 4 + [429] * 2


def test_limit_calls_of_one_key_and_not_of_another(till: Till, other_till: Till, settings: Any, mara: Customer) -> None:
    settings.RATE_LIMIT_FACTOR = 0.01
    answers = [till.get(f"members/{mara.id}") for _ in range(6)]
    assert [one.status_code for one in answers] == [200] * 4 + [429] * 2
    assert problem_of(answers[-1]) == (429, "rate_limited")
    assert int(answers[-1]["Retry-After"]) >= 1
    assert other_till.get("rewards").status_code == 200


@pytest.mark.parametrize(
    "raw",
    [b"{", b"[1]", b'"x"', b'{"email": "a@b.c", "email": "d@e.f"}', b'{"a": NaN}', b"\xff", b'{"first_name": "a\\u0000"}',
     b'{"a":' * 5000, b" " * 70_000],
)  # fmt: skip
def test_refuse_what_is_no_json_object(till: Till, raw: bytes) -> None:
    response = till.post("members", raw=raw)
    assert response.status_code == 400
    assert problem_of(response)[1] in {"malformed_request", "invalid_request"}


def test_name_each_field_that_is_wrong(till: Till) -> None:
    response = till.post("members", {"email": "no", "birthday": "yesterday", "address": {"country": "England"}})
    assert problem_of(response) == (400, "invalid_request")
    assert {one["field"] for one in response.json()["errors"]} == {"email", "birthday", "address.country"}


@pytest.mark.parametrize("path", ["nothing", "members/1/2/3", "redeemed-rewards"])
def test_answer_unknown_addresses_as_a_problem(till: Till, path: str) -> None:
    assert problem_of(till.get(path)) == (404, "not_found")


def test_answer_a_wrong_method_as_a_problem(till: Till, mara: Customer) -> None:
    assert problem_of(till.post(f"members/{mara.id}", {})) == (405, "method_not_allowed")


def test_answer_a_fault_of_ours_as_a_problem_and_keep_no_record(
    till: Till, mara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("pos.answers.purchase", lambda *_: 1 / 0)
        body = {"member_id": str(mara.id), "reference": "4711", "amount": "10", "currency": "USD"}
        assert problem_of(till.post("purchases", body, key="k1")) == (500, "internal_error")
    assert till.post("purchases", body, key="k1").status_code == 201


def test_keep_answers_out_of_every_cache(till: Till, mara: Customer) -> None:
    assert till.get(f"members/{mara.id}")["Cache-Control"] == "no-store"
