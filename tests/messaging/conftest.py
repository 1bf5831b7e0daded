"""Messages, and places that they are sent to."""

import email
import email.policy
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from django.utils import timezone

from config.embedded.ports import free_port
from jobs.models import Job
from messaging.models import Message
from messaging.services import queue_message
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.messaging import words

BY = Actor.system()


@pytest.fixture(autouse=True)
def tests_words(settings: Any, tmp_path: Path) -> Iterator[None]:
    """The words of tests.messaging.words, and a mail folder of the test's own."""
    settings.MESSAGE_RENDERERS = "tests.messaging.words.RENDERERS"
    settings.MESSAGE_LISTENERS = "tests.messaging.words.LISTENERS"
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "messaging.backends.eml.EmailBackend"
    yield
    words.heard.clear()
    words.corrected.clear()


@pytest.fixture
def queue(merchant: Merchant) -> Callable[..., Message]:
    """Queues a message of the merchant."""

    def put(to_address: str = "jane@example.com", whose: Merchant = merchant, **values: Any) -> Message:
        given: dict[str, Any] = {
            "kind": "test.gift",
            "origin": "claim",
            "origin_id": uuid.uuid4(),
            "customer_id": None,
            "to_name": "Jane Doe",
            "context": {},
            "actor": BY,
            "now": timezone.now(),
        }
        with merchant_scope(whose):
            return queue_message(to_address=to_address, **given | values)

    return put


@pytest.fixture
def stored() -> Callable[[Message], Message]:
    """Reads a message back."""

    def read(message: Message) -> Message:
        with merchant_scope(message.merchant_id):
            return Message.objects.get(id=message.id)

    return read


@pytest.fixture
def job_of() -> Callable[[Message], Job]:
    """Reads the job that sends a message."""

    def read(message: Message) -> Job:
        with merchant_scope(message.merchant_id):
            return Job.objects.get(kind="message.send", dedupe_key=str(message.id))

    return read


class Sink:
    """A mail server that keeps what it is given, or behaves badly on request."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.answer = "250 OK"
        self.hang_up_after_data = False

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take the recipient, unless its name says otherwise."""
        if address.startswith("nobody"):
            return "550 5.1.1 No such user"
        if address.startswith("busy"):
            return "451 4.7.1 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep the mail, and then answer, or hang up without a word."""
        self.taken.append(envelope)
        if self.hang_up_after_data:
            server.transport.abort()
        return self.answer

    def letters(self) -> list["Letter"]:
        """Return what was taken, read as a mail program reads it."""
        found = [email.message_from_bytes(envelope.content, policy=email.policy.default) for envelope in self.taken]
        return [
            Letter(str(one["Subject"]), *(one.get_body((kind,)).get_content() for kind in ("plain", "html")))  # type: ignore[union-attr]
            for one in found
        ]


class Letter(NamedTuple):
    """A mail that arrived: subject, and its two bodies."""

    subject: str
    text: str
    html: str


def mail_server(settings: Any) -> Iterator[Sink]:
    """Run a mail server, and have Django's SMTP backend send to it."""
    handler = Sink()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield handler
    controller.stop()


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real mail server on this machine, and Django's SMTP backend that sends to it."""
    yield from mail_server(settings)


@pytest.fixture
def signed_in(merchant: Merchant) -> Callable[[Role], Client]:
    """Makes a browser that is signed in as a member with this role."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(email=f"{role.name.lower()}@brew-bloom.example", password="x" * 12)
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in
