"""The log of calls: what it says, what it leaves out, what it costs, and how an owner reads it."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from tenancy import calls
from tenancy.calls import flush, operation_of, remove_old_calls
from tenancy.ids import new_id
from tenancy.models import ApiCall, ApiKey, Merchant
from tenancy.scope import merchant_scope
from tests.pos.conftest import mara, other_till, till
from tests.pos.till import Till
from tests.support.counting import queries_of

__all__ = ["mara", "other_till", "till"]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])


@pytest.fixture(autouse=True)
def nothing_waits() -> None:
    """What other tests noted is theirs."""
    calls._waiting.clear()


def logged(merchant: Merchant) -> list[ApiCall]:
    flush(using="default")
    with merchant_scope(merchant):
        return list(ApiCall.objects.order_by("at", "id"))


def test_write_down_calls_and_nobody(till: Till, mara: Customer, merchant: Merchant) -> None:
    till.get("members", email=mara.email)
    till.get(f"members/{mara.id}")
    done = till.post("members", {"email": "new@example.com", "first_name": "Nora"}, key="op-1")
    till.post("members", {"email": "new@example.com", "first_name": "Nora"}, key="op-1")
    till.post("members", {"email": "new@example.com"}, key="op-2")
    found = logged(merchant)
    assert [(one.method, one.status, one.code) for one in found] == [
        ("GET", 200, ""),
        ("GET", 200, ""),
        ("POST", 201, ""),
        ("POST", 201, ""),
        ("POST", 409, "member_exists"),
    ]
    assert found[1].route == "api/v1/members/<str:member_id>"
    assert [one.operation for one in found] == [
        "",
        "",
        operation_of("op-1"),
        operation_of("op-1"),
        operation_of("op-2"),
    ]
    assert {one.key_id for one in found} == {till.key.pk}
    assert found[2].request_id == done["X-Request-Id"]
    assert all(0 < one.milliseconds < 60_000 for one in found)
    # No address, no name, no id of a person, no key.
    text = " ".join(str(value) for one in found for value in vars(one).values())
    for secret in (mara.email, "new@example.com", "Nora", str(mara.id), till.text, "op-1"):
        assert secret not in text


def test_write_down_what_was_refused_and_what_failed(
    till: Till, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.get(f"members/{new_id()}")
    till.post("members", raw=b"{")

    def broken(**values: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr("pos.views.members.enrol", broken)
    till.post("members", {"email": "x@example.com"})
    found = [(one.status, one.code) for one in logged(merchant)]
    assert found == [(404, "not_found"), (400, "malformed_request"), (500, "internal_error")]


def test_write_down_nothing_without_a_key(client: Client, merchant: Merchant) -> None:
    client.get("/api/v1/members?email=a@example.com")
    client.get("/api/v1/members", headers={"Authorization": f"Bearer pk_{merchant.public_id}_wrong"})
    client.get("/healthz")
    assert logged(merchant) == []


def test_ask_nothing_of_the_database_while_a_till_waits(till: Till, mara: Customer) -> None:
    with CaptureQueriesContext(connection) as captured:
        till.get(f"members/{mara.id}")
    assert not [query for query in captured if "apicall" in str(query["sql"])]
    assert len(calls._waiting) == 1


def test_keep_merchants_apart(till: Till, other_till: Till, merchant: Merchant, other_merchant: Merchant) -> None:
    till.get("offers")
    other_till.get("rewards")
    assert [one.key_id for one in logged(merchant)] == [till.key.pk]
    assert [one.key_id for one in logged(other_merchant)] == [other_till.key.pk]


def test_stop_nobody_where_the_log_cannot_be_written(
    till: Till, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.get("offers")
    monkeypatch.setattr(calls, "WRITE", "SELECT %s, %s, 1 / 0")
    assert flush(using="default") == 0
    monkeypatch.undo()
    till.get("offers")
    assert len(logged(merchant)) == 1


def test_hold_no_more_than_there_is_room_for() -> None:
    assert calls._waiting.maxlen == calls.MOST_WAITING


def test_clean_up_after_a_week(till: Till, merchant: Merchant) -> None:
    for _ in range(3):
        till.get("offers")
    logged(merchant)
    now = timezone.now()
    with merchant_scope(merchant):
        first = ApiCall.objects.order_by("at")[0]
        ApiCall.objects.filter(pk=first.pk).update(at=now - timedelta(days=8))
        assert remove_old_calls(now=now, limit=10) == 1
        assert ApiCall.objects.count() == 2


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_write_by_itself_a_moment_later(till: Till, merchant: Merchant, settings: Any) -> None:
    settings.API_LOG_SECONDS = 0.02
    till.get("offers")
    writer = calls._writer
    assert writer is not None
    pause, written = threading.Event(), 0
    for _ in range(600):
        with merchant_scope(merchant):
            written = ApiCall.objects.count()
        if written:
            break
        pause.wait(0.05)
    settings.API_LOG_SECONDS = 0
    writer.join(20)
    assert (written, calls._writer) == (1, None)


@pytest.fixture
def busy_key(till: Till, merchant: Merchant) -> ApiKey:
    """A key with calls of every outcome."""
    with merchant_scope(merchant):
        for number, (status, code) in enumerate([(200, ""), (201, ""), (409, "sold_out"), (500, "internal_error")]):
            ApiCall.objects.create(
                key=till.key,
                at=timezone.now() - timedelta(minutes=number),
                method="POST",
                route="api/v1/offers/<str:offer_id>/responses",
                status=status,
                code=code,
                milliseconds=10.5 + number,
                operation=operation_of(f"op-{number}"),
                request_id=f"request-{number}",
            )
    return till.key


def test_show_an_owner_the_calls_of_a_key(owner: Client, busy_key: ApiKey) -> None:
    page = f"/m/brew-bloom/settings/api-keys/{busy_key.pk}/"
    assert page in owner.get("/m/brew-bloom/settings/api-keys/").content.decode()
    text = owner.get(page).content.decode()
    assert text.count("POST /api/v1/offers/&lt;str:offer_id&gt;/responses") == 4
    shown = {
        "?outcome=refused": ["sold_out"],
        "?outcome=failed": ["internal_error"],
        "?status=409": ["sold_out"],
        "?q=op-2": ["sold_out"],
        "?q=request-3": ["internal_error"],
        "?outcome=refused&outcome=failed": ["sold_out", "internal_error"],
    }
    for query, codes in shown.items():
        text = owner.get(page + query).content.decode()
        assert [code for code in ("sold_out", "internal_error") if code in text] == codes, query
    for sort in ("milliseconds", "-milliseconds", "at"):
        assert owner.get(f"{page}?sort={sort}").status_code == 200


def test_ask_the_database_as_often_for_many_calls(owner: Client, busy_key: ApiKey) -> None:
    page = f"/m/brew-bloom/settings/api-keys/{busy_key.pk}/"
    assert len(queries_of(owner, page)) == len(queries_of(owner, f"{page}?status=500")) == 8


def test_find_no_page_for_another_merchants_key(owner: Client, other_till: Till) -> None:
    assert owner.get(f"/m/brew-bloom/settings/api-keys/{other_till.key.pk}/").status_code == 404
