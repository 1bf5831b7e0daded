"""What logs may say: who asked and when, never an address, a number, a token or a code."""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import structlog

from tenancy.requests import current_request
from tenancy.scope import merchant_in_scope

HIDDEN = "***"
# Keys whose values are never written, whole or as part of a longer name (`api_key`, `to_address`).
SECRET = re.compile(
    r"password|secret|token|authorization|cookie|api_key|e_?mail|phone|address|code$|codes$|csrf|session_key|key_hash",
    re.IGNORECASE,
)
PATTERNS = (
    # Keys and links: a prefix, a merchant's public id, a long secret.
    (re.compile(r"\bpk_[0-9a-z]{10}_[\w-]+"), "pk_" + HIDDEN),
    (re.compile(r"\b[0-9a-hj-km-np-tv-z]{10}\.[\w-]{20,}"), HIDDEN),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), HIDDEN + "@" + HIDDEN),
    # Telephone numbers: a plus and digits, with the usual marks between them.
    (re.compile(r"\+\d(?:[\s().-]{0,2}\d){6,14}"), HIDDEN),
    (re.compile(r"(://[^/\s:@]+:)[^@\s/]+@"), r"\1" + HIDDEN + "@"),
)
# What each of them needs to find anything; most texts have none of it.
HINT = re.compile(r"[@+]|pk_|[0-9a-hj-km-np-tv-z]{10}\.")
DEEPEST = 6
# Whose line every answer gets.
ANSWERS = logging.getLogger("request")
encoded = json.JSONEncoder().encode


def hide(text: str) -> str:
    """Return the text without addresses, telephone numbers, keys, links' secrets and passwords in URLs."""
    if HINT.search(text):
        for pattern, instead in PATTERNS:
            text = pattern.sub(instead, text)
    return text


@lru_cache(maxsize=1000)
def _is_secret(key: str) -> bool:
    return SECRET.search(key) is not None


def _clean(value: Any, depth: int = 0) -> Any:
    if isinstance(value, str):
        return hide(value)
    if depth >= DEEPEST:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if isinstance(key, str) and _is_secret(key) else _clean(each, depth + 1)
            for key, each in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean(each, depth + 1) for each in value]
    return value if isinstance(value, bool | int | float | None) else hide(str(value))


def masked(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what must not be written: structlog's last processor before the line is made."""
    cleaned: MutableMapping[str, Any] = _clean(dict(event))
    return cleaned


def with_request(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add the request's id and the merchant whose door is open."""
    request, merchant_id = current_request(), merchant_in_scope()
    if request is not None:
        event.setdefault("request_id", request.id)
    if merchant_id is not None:
        event.setdefault("merchant_id", str(merchant_id))
    return event


class AnswerRecord(logging.LogRecord):
    """The record of an answer: what it says is its own already, in the shape in which structlog hands records on."""

    def __init__(self, event: dict[str, Any]) -> None:
        super().__init__(ANSWERS.name, logging.INFO, __file__, 0, event, (), None)
        self._logger, self._name = ANSWERS, "info"


class Lines(structlog.stdlib.ProcessorFormatter):
    """One JSON object a line. An answer's, which is written thousands of times an hour, takes the short way."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return encoded(record.msg) if isinstance(record, AnswerRecord) else super().format(record)


def log_answer(*, method: str, route: str | None, status: int, milliseconds: float) -> None:
    """Log that a request was answered, with its id. The route is one of our own; what came from outside is cleaned."""
    if not ANSWERS.isEnabledFor(logging.INFO):
        return
    event: dict[str, Any] = {
        "event": "answered",
        "timestamp": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "method": hide(method),
        "route": route,
        "status": status,
        "milliseconds": milliseconds,
        "logger": ANSWERS.name,
        "level": "info",
    }
    with_request(None, "", event)
    event["request_id"] = hide(event.get("request_id", ""))
    ANSWERS.handle(AnswerRecord(event))


def formatter(style: str = "json") -> logging.Formatter:
    """Return the formatter of every handler, and make structlog's loggers write through the standard ones.

    ``style``: "json", one object a line, or "console".
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        with_request,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())
    )
    kind = Lines if style == "json" else structlog.stdlib.ProcessorFormatter
    return kind(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            masked,
            renderer,
        ],
    )
