"""What the logs say, and what they do not."""

import json
import logging
from typing import Any

import pytest
import structlog
from django.test import Client

from tenancy.logs import formatter, hide
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

SECRETS = [
    "person@example.com",
    "first.last+tag@mail.example.co.uk",
    "+48 600 123 456",
    "+1 (555) 010-9999",
    "pk_0123456789_" + "a" * 43,
    "0123456789." + "b" * 43,
    "postgres://app_rw:hunter2@db/x",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_hide_what_is_personal_or_secret(secret: str) -> None:
    hidden = hide(f"before {secret} after")
    assert secret not in hidden
    assert "hunter2" not in hidden
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")


@pytest.mark.parametrize(
    "harmless",
    ["2026-11-21T22:04:10.092873Z", "1234567890", "01a20022-e1af-7684-a183-13ccf1984702", "claims/list.html", "10.5"],
)
def test_leave_the_rest_alone(harmless: str) -> None:
    assert hide(harmless) == harmless


def line(record: logging.LogRecord) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(formatter("json").format(record))
    return found


def record(text: str, *args: Any, error: Any = None) -> logging.LogRecord:
    return logging.LogRecord("django.request", logging.ERROR, "x.py", 1, text, args, error)


def test_hide_it_in_plain_loggers_too() -> None:
    assert line(record("Not Found: %s", "/track/0123456789." + "c" * 40))["event"] == "Not Found: /track/***"


def test_hide_it_in_tracebacks() -> None:
    try:
        int("person@example.com")
    except ValueError as error:
        found = line(record("failed", error=(type(error), error, error.__traceback__)))
    assert "ValueError" in found["exception"]
    assert "person@" not in found["exception"]


def test_hide_values_by_their_names(caplog: pytest.LogCaptureFixture) -> None:
    formatter("json")
    with caplog.at_level("INFO"):
        structlog.get_logger("x").info(
            "sent",
            to_address="x",
            email="y",
            code="ABC",
            gift_code="DEF",
            api_key="k",
            status_code=200,
            data={"phone": "1"},
        )
    found = json.loads(formatter("json").format(caplog.records[-1]))
    for name in ("to_address", "email", "code", "gift_code", "api_key"):
        assert found[name] == "***", name
    assert found["data"] == {"phone": "***"}


def test_keep_one_line_whatever_is_logged() -> None:
    written = formatter("json").format(record("a\nb\r%s", "fake\nline"))
    assert "\n" not in written


def test_name_the_merchant(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        assert line(record("x"))["merchant_id"] == str(merchant.pk)


def test_write_plain_lines_for_people() -> None:
    assert "x" in formatter("console").format(record("x"))


def answer(caplog: pytest.LogCaptureFixture, client: Client, request_id: str) -> logging.LogRecord:
    with caplog.at_level("INFO"):
        client.get("/accounts/login/", headers={"X-Request-Id": request_id})
    return next(one for one in caplog.records if one.name == "request")


def test_say_of_an_answer_what_any_line_says(caplog: pytest.LogCaptureFixture, client: Client, db: None) -> None:
    found = line(answer(caplog, client, "till-4711"))
    assert found.pop("milliseconds") >= 0
    assert found.pop("timestamp").endswith("Z")
    told = {"event": "answered", "method": "GET", "route": "accounts/login/", "status": 200, "request_id": "till-4711"}
    assert found == told | {"logger": "request", "level": "info"}


def test_hide_what_an_id_from_outside_brings(caplog: pytest.LogCaptureFixture, client: Client, db: None) -> None:
    assert line(answer(caplog, client, "pk_0123456789_" + "a" * 43))["request_id"] == "pk_***"


def test_write_an_answer_for_people(caplog: pytest.LogCaptureFixture, client: Client, db: None) -> None:
    written = formatter("console").format(answer(caplog, client, "till-4711"))
    assert "answered" in written
    assert "till-4711" in written
    assert "{" not in written


def test_say_nothing_of_answers_where_less_is_wanted(
    caplog: pytest.LogCaptureFixture, client: Client, db: None
) -> None:
    with caplog.at_level("WARNING"):
        client.get("/accounts/login/")
    assert "request" not in {one.name for one in caplog.records}
