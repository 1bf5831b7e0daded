"""The Deliveries pages."""

import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from jobs import runner
from messaging.models import Message, Suppression
from messaging.states import Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of

Queue = Callable[..., Message]
SignedIn = Callable[[Role], Client]
LIST = "/m/brew-bloom/deliveries/"


def set_status(message: Message, status: str, **more: str) -> None:
    """Put a message into a status."""
    with merchant_scope(message.merchant_id):
        Message.objects.filter(id=message.id).update(status=status, **more)


def test_list_begins_with_the_problems(queue: Queue, signed_in: SignedIn) -> None:
    bad, good = queue("bad@example.com"), queue("good@example.com")
    set_status(bad, Status.BOUNCED, last_error="suppressed_bounced")
    set_status(good, Status.DELIVERED)

    answer = signed_in(Role.VIEWER).get(LIST, follow=True)
    page = answer.content.decode()

    assert answer.redirect_chain
    assert "bad@example.com" in page
    assert "Mail to this address bounced before" in page
    assert "good@example.com" not in page


def test_list_shows_all_on_request(queue: Queue, signed_in: SignedIn) -> None:
    queue("bad@example.com"), queue("good@example.com")
    client = signed_in(Role.VIEWER)

    assert client.get(LIST, {"all": "1"}).content.decode().count('<th scope="row"') == 2
    assert client.get(LIST, {"q": "BAD@example.com"}).content.decode().count('<th scope="row"') == 1
    assert client.get(LIST, {"kind": "test.note"}).content.decode().count('<th scope="row"') == 0


def test_list_makes_as_many_queries_for_many_rows_as_for_one(queue: Queue, signed_in: SignedIn) -> None:
    client = signed_in(Role.AGENT)
    queue()
    few = len(queries_of(client, LIST, all="1"))
    for _number in range(30):
        queue()

    assert len(queries_of(client, LIST, all="1")) == few <= 12


def test_message_shows_its_timeline(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    message = queue()
    runner.run_kind(merchant.id, "message.send")

    page = signed_in(Role.VIEWER).get(f"{LIST}{message.id}/").content.decode()

    assert all(word in page for word in ("Queued", "Sending", "Sent", "Your gift", str(message.id)))
    assert "/resend/" not in page
    assert len(queries_of(signed_in(Role.AGENT), f"{LIST}{message.id}/")) <= 12


def test_resend_pressed_twice_is_one_message(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    message, client, op = queue(), signed_in(Role.AGENT), str(uuid.uuid4())
    set_status(message, Status.BOUNCED)

    for _press in range(2):
        answer = client.post(f"{LIST}{message.id}/resend/", {"reason": "asked for it", "op_id": op})
        assert answer.status_code == 302

    with merchant_scope(merchant):
        assert Message.objects.count() == 2


def test_resend_of_waiting_message_says_so(queue: Queue, signed_in: SignedIn) -> None:
    message = queue()

    answer = signed_in(Role.AGENT).post(f"{LIST}{message.id}/resend/", {"reason": "x"})

    assert answer.status_code == 422
    assert "still on its way" in answer.content.decode()


def test_resend_to_closed_address_asks_for_another(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    message, client = queue(), signed_in(Role.AGENT)
    set_status(message, Status.BOUNCED)
    with merchant_scope(merchant):
        Suppression.objects.create(email_norm="jane@example.com", reason="bounced", created_at=timezone.now())

    answer = client.post(f"{LIST}{message.id}/resend/", {"reason": "x"})
    page = client.get(f"{LIST}{message.id}/").content.decode()

    assert "Correct the address instead" in answer.content.decode()
    assert "/resend/" not in page
    assert "/correct/" in page
    assert "/allow/" not in page


def test_correct_sends_to_the_new_address(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    message, client = queue("jane@exmaple.com"), signed_in(Role.AGENT)
    set_status(message, Status.BOUNCED)
    address = f"{LIST}{message.id}/correct/"
    assert 'value="jane@exmaple.com"' in client.get(address).content.decode()

    assert client.post(address, {"to_address": "nonsense"}).status_code == 422
    assert client.post(address, {"to_address": "jane@example.com"}).status_code == 302

    with merchant_scope(merchant):
        assert Message.objects.get(seq=2).to_address == "jane@example.com"


def test_admin_allows_an_address_again(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    message = queue()
    set_status(message, Status.BOUNCED)
    with merchant_scope(merchant):
        Suppression.objects.create(email_norm="jane@example.com", reason="bounced", created_at=timezone.now())

    assert signed_in(Role.AGENT).post(f"{LIST}{message.id}/allow/", {"reason": "x"}).status_code == 403
    assert signed_in(Role.ADMIN).post(f"{LIST}{message.id}/allow/", {"reason": "x"}).status_code == 302

    with merchant_scope(merchant):
        assert not Suppression.objects.exists()


@pytest.mark.parametrize("act", ["resend", "correct"])
def test_sending_again_is_for_agents(queue: Queue, signed_in: SignedIn, act: str, merchant: Merchant) -> None:
    message, client = queue(), signed_in(Role.VIEWER)
    set_status(message, Status.BOUNCED)

    given = {"reason": "x", "to_address": "a@example.com"}
    assert client.post(f"{LIST}{message.id}/{act}/", given).status_code == 403
    assert f"/{act}/" not in client.get(f"{LIST}{message.id}/").content.decode()


@pytest.mark.parametrize("act", ["", "resend/", "correct/", "allow/"])
def test_foreign_message_is_not_found(
    queue: Queue, signed_in: SignedIn, other_merchant: Merchant, act: str, merchant: Merchant
) -> None:
    message, client = queue(whose=other_merchant), signed_in(Role.ADMIN)

    for message_id in (message.id, uuid.uuid4()):
        assert client.get(f"{LIST}{message_id}/{act}").status_code == 404
        assert client.post(f"{LIST}{message_id}/{act}", {"reason": "x"}).status_code in (404, 405)
