"""The network part of sending: no database here. What came of each e-mail is an outcome, never an exception."""

import contextlib
import smtplib
import socket
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from enum import Enum
from typing import Any, NamedTuple, Self

import requests
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection

from jobs.faults import fault


class Fate(Enum):
    """What became of an e-mail, as far as we know."""

    SENT = "sent"
    REFUSED = "refused"
    LATER = "later"
    UNCERTAIN = "uncertain"


class Outcome(NamedTuple):
    """An e-mail's fate, with a short code that holds no personal data."""

    fate: Fate
    code: str = ""
    provider_message_id: str = ""


SENT = Outcome(Fate.SENT)
# Our own set-up is at fault, not this e-mail: try again when somebody has put it right.
SET_UP_CODES = frozenset({401, 403})
BUSY_CODES = frozenset({408, 425, 429})


class Mailer:
    """Connections to the provider for one task; reports what the backend can do."""

    def __init__(self) -> None:
        self.mine = threading.local()
        self.opened: list[Any] = []
        self.unreachable = ""
        backend = get_connection()
        self.provider = str(
            getattr(backend, "esp_name", "") or settings.EMAIL_BACKEND.rpartition(".")[0].rpartition(".")[2]
        )
        self.idempotent_for: timedelta = getattr(backend, "idempotent_for", timedelta(0))
        self.reports_itself = bool(getattr(backend, "reports_itself", False))
        # A provider's HTTP interface answers one request at a time; a mail server takes a pipe of them.
        self.connections = int(getattr(settings, "MAIL_CONNECTIONS", 0)) or (16 if hasattr(backend, "esp_name") else 1)
        self.pool = ThreadPoolExecutor(self.connections) if self.connections > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self.pool:
            self.pool.shutdown()
        for connection in self.opened:
            _close(connection)

    def send_all(self, emails: Sequence[EmailMessage]) -> list[Outcome]:
        """Send each e-mail; return the outcomes in the same order."""
        if self.pool:
            return list(self.pool.map(self._send, emails))
        return [self._send(email) for email in emails]

    def _send(self, email: EmailMessage) -> Outcome:
        if self.unreachable:
            return Outcome(Fate.LATER, self.unreachable)
        fault("message.before_send")
        try:
            connection = self._connection()
        except Exception as error:  # noqa: BLE001 - nothing was sent yet, whatever went wrong
            self.unreachable = _code(error)
            return Outcome(Fate.LATER, self.unreachable)
        try:
            connection.send_messages([email])
        except Exception as error:  # noqa: BLE001 - every end of an attempt has to be written down
            outcome = outcome_of(error)
            self._drop(connection)
            return outcome
        fault("message.after_send")
        return _reported(email)

    def _connection(self) -> Any:
        connection = getattr(self.mine, "connection", None)
        if connection is None:
            connection = get_connection()
            connection.open()
            self.mine.connection = connection
            self.opened.append(connection)
        return connection

    def _drop(self, connection: Any) -> None:
        # After an error a connection may be half way through a conversation.
        self.mine.connection = None
        self.opened.remove(connection)
        _close(connection)


def outcome_of(error: Exception) -> Outcome:
    """Say what an error while sending means.

    Refused for good: never again by itself. Busy, or our own set-up: later. Broken off after the conversation had
    begun: uncertain, because the other side may have taken the e-mail.
    """
    if isinstance(error, smtplib.SMTPException):
        return _of_smtp(error)
    if isinstance(error, AnymailError):
        return _of_anymail(error)
    if isinstance(error, ImproperlyConfigured | ConnectionRefusedError | socket.gaierror):
        return Outcome(Fate.LATER, _code(error))
    if isinstance(error, ValueError):
        # Headers or addresses that cannot be written: BadHeaderError, UnicodeError.
        return Outcome(Fate.REFUSED, _code(error))
    return Outcome(Fate.UNCERTAIN, _code(error))


def _of_smtp(error: smtplib.SMTPException) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [answer[0] for answer in error.recipients.values()]
        return _by_smtp_code(answers[0] if answers else 0)
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPConnectError | smtplib.SMTPHeloError):
        return Outcome(Fate.LATER, f"smtp_{error.smtp_code}")
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_smtp_code(error.smtp_code)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Outcome(Fate.REFUSED, _code(error))
    return Outcome(Fate.UNCERTAIN, _code(error))


def _by_smtp_code(code: int) -> Outcome:
    return Outcome(Fate.REFUSED if 500 <= code < 600 else Fate.LATER, f"smtp_{code}")  # noqa: PLR2004 - RFC 5321


def _of_anymail(error: AnymailError) -> Outcome:
    status = error.status_code
    if status is not None:
        later = status in SET_UP_CODES or status in BUSY_CODES or status >= 500  # noqa: PLR2004
        return Outcome(Fate.LATER if later else Fate.REFUSED, f"http_{status}")
    if isinstance(error, AnymailRecipientsRefused | ValueError):
        return Outcome(Fate.REFUSED, _code(error))
    if isinstance(error, AnymailConfigurationError) or _never_connected(error):
        return Outcome(Fate.LATER, _code(error.__cause__ or error))
    return Outcome(Fate.UNCERTAIN, _code(error.__cause__ or error))


def _never_connected(error: BaseException) -> bool:
    cause = error.__cause__ if isinstance(error.__cause__, requests.RequestException) else error
    if isinstance(cause, requests.ConnectTimeout):
        return True
    reason = (
        getattr(cause.args[0], "reason", None) if isinstance(cause, requests.ConnectionError) and cause.args else None
    )
    return type(reason).__name__ in ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")


def _reported(email: Any) -> Outcome:
    status = getattr(email, "anymail_status", None)
    if status is None or not status.status:
        return SENT
    if status.status <= {"rejected", "invalid", "failed"}:
        return Outcome(Fate.REFUSED, "_".join(sorted(status.status)))
    return Outcome(Fate.SENT, "", str(status.message_id or "")[:200])


def _code(error: BaseException) -> str:
    return type(error).__name__


def _close(connection: Any) -> None:
    # A connection that broke cannot be closed politely.
    with contextlib.suppress(Exception):
        connection.close()
