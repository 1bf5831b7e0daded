"""The delivery desk: one mail however often Resend is pressed, problems that are handled, closed addresses."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import runner
from messaging import services
from messaging.errors import AddressInvalid
from messaging.models import Message, MessageEvent, Suppression
from messaging.states import Status
from messaging.status import Move, move_all
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of

Queue = Callable[..., Message]
SignedIn = Callable[[Role], Client]
BY = Actor.system()
LIST = "/m/brew-bloom/deliveries/"
CLOSED = f"{LIST}suppressed/"
PROBLEMS = "status=bounced&status=complained&status=failed&status=uncertain&handled=no"


@pytest.fixture
def bounced(queue: Queue) -> Message:
    """A message that came back."""
    message = queue()
    with merchant_scope(message.merchant_id):
        Message.objects.update(status=Status.BOUNCED, status_at=timezone.now())
    return message


def count(merchant: Merchant) -> int:
    with merchant_scope(merchant):
        return Message.objects.count()


@pytest.mark.parametrize("has_op", [True, False])
def test_resend_ten_times_sends_one(bounced: Message, signed_in: SignedIn, merchant: Merchant, has_op: bool) -> None:
    client = signed_in(Role.AGENT)
    for _press in range(10):
        given = {"reason": "asked for it"} | ({"op_id": str(uuid.uuid4())} if has_op else {})
        assert client.post(f"{LIST}{bounced.id}/resend/", given).status_code == 302
        runner.run_kind(merchant.id, "message.send")

    assert count(merchant) == 2


def test_resend_ten_times_over_smtp_sends_one(bounced: Message, merchant: Merchant, sink: Any) -> None:
    for _press in range(10):
        with merchant_scope(merchant):
            services.resend(message_id=bounced.id, reason="again", actor=BY, now=timezone.now())
        runner.run_kind(merchant.id, "message.send")

    assert len(sink.taken) == 1


@pytest.mark.parametrize("act", ["resend", "correct"])
def test_press_ten_times_at_once_sends_one(
    bounced: Message, merchant: Merchant, act: str, together: Callable[..., list[Any]]
) -> None:
    def press() -> Message:
        with merchant_scope(merchant):
            given: dict[str, Any] = {"message_id": bounced.id, "reason": "x", "actor": BY, "now": timezone.now()}
            if act == "correct":
                return services.correct_and_resend(to_address="right@example.com", **given)
            return services.resend(**given)

    outcomes = together(press, [()] * 10)

    assert [outcome.error for outcome in outcomes] == [None] * 10
    assert len({outcome.value.id for outcome in outcomes}) == 1
    assert count(merchant) == 2
    with merchant_scope(merchant):
        assert AuditEvent.objects.filter(action="message.sent_again").count() == 1


def test_without_the_look_at_the_last_minute_ten_presses_send_ten(
    bounced: Message, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the tests above would see if the guard were gone."""
    monkeypatch.setattr(services, "_just_sent", lambda *_args, **_given: None)
    for _press in range(10):
        with merchant_scope(merchant):
            services.resend(message_id=bounced.id, reason="x", actor=BY, now=timezone.now())

    assert count(merchant) == 11


def test_resend_after_a_minute_is_another_decision(bounced: Message, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        services.resend(message_id=bounced.id, reason="x", actor=BY, now=timezone.now())
        Message.objects.filter(seq=2).update(status=Status.SENT)
        later = timezone.now() + timedelta(seconds=61)
        services.resend(message_id=bounced.id, reason="x", actor=BY, now=later)

    assert count(merchant) == 3


def test_other_address_is_another_wish(bounced: Message, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        given: dict[str, Any] = {"message_id": bounced.id, "reason": "x", "actor": BY, "now": timezone.now()}
        services.correct_and_resend(to_address="a@example.com", **given)
        services.correct_and_resend(to_address="b@example.com", **given)

    assert count(merchant) == 3


def test_resend_settles_the_problem(
    bounced: Message, signed_in: SignedIn, stored: Callable[[Message], Message], merchant: Merchant
) -> None:
    client = signed_in(Role.AGENT)
    client.post(f"{LIST}{bounced.id}/resend/", {"reason": "asked for it"})

    assert "jane@example.com" not in client.get(f"{LIST}?{PROBLEMS}").content.decode()
    page = client.get(f"{LIST}{bounced.id}/").content.decode()
    assert "Sent again by" in page
    assert "Sent again as number 2" in page
    assert stored(bounced).is_handled


def test_handled_problem_leaves_the_list_with_its_note(bounced: Message, signed_in: SignedIn) -> None:
    client = signed_in(Role.AGENT)
    assert "jane@example.com" in client.get(f"{LIST}?{PROBLEMS}").content.decode()

    for _press in range(3):
        assert client.post(f"{LIST}{bounced.id}/handled/", {"note": "Phoned her"}).status_code == 302

    assert "jane@example.com" not in client.get(f"{LIST}?{PROBLEMS}").content.decode()
    assert "Phoned her" in client.get(f"{LIST}{bounced.id}/").content.decode()
    with merchant_scope(bounced.merchant_id):
        assert AuditEvent.objects.filter(action="message.handled").count() == 1
        assert not MessageEvent.objects.exclude(event="queued").exists()


def test_handled_problem_comes_back_when_it_grows(bounced: Message, stored: Callable[[Message], Message]) -> None:
    with merchant_scope(bounced.merchant_id):
        Message.objects.update(status=Status.DELIVERED, is_handled=True)
        message = Message.objects.select_for_update().get()
        move_all([Move(message, Status.COMPLAINED, timezone.now(), "", "esp")])

    assert not stored(bounced).is_handled


def test_handle_needs_a_note_and_an_agent(bounced: Message, signed_in: SignedIn) -> None:
    assert signed_in(Role.VIEWER).post(f"{LIST}{bounced.id}/handled/", {"note": "x"}).status_code == 403
    assert signed_in(Role.AGENT).post(f"{LIST}{bounced.id}/handled/", {"note": ""}).status_code == 422


def test_errors_are_said_in_words(queue: Queue, signed_in: SignedIn, merchant: Merchant, sink: Any) -> None:
    message = queue("nobody@example.com")
    runner.run_kind(merchant.id, "message.send")

    page = signed_in(Role.VIEWER).get(f"{LIST}{message.id}/").content.decode()

    assert page.count("The mail server refused it (550)") == 2


def test_tabs_count_each_kind_of_problem(queue: Queue, signed_in: SignedIn, merchant: Merchant) -> None:
    for status in (Status.BOUNCED, Status.FAILED, Status.COMPLAINED, Status.UNCERTAIN, Status.UNCERTAIN):
        message = queue()
        with merchant_scope(merchant):
            Message.objects.filter(id=message.id).update(status=status)

    tabs = {tab.label: tab.count for tab in signed_in(Role.VIEWER).get(f"{LIST}?{PROBLEMS}").context["tabs"]}

    assert {name: str(tabs[name]) for name in ("Problems", "Bounced", "Failed", "Complained", "Uncertain")} == {
        "Problems": "5",
        "Bounced": "1",
        "Failed": "1",
        "Complained": "1",
        "Uncertain": "2",
    }


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_make_as_many_queries_whatever_they_show(
    queue: Queue, signed_in: SignedIn, merchant: Merchant, rows: int
) -> None:
    for number in range(rows):
        message = queue(f"a{number}@example.com")
        with merchant_scope(merchant):
            Message.objects.filter(id=message.id).update(status=Status.BOUNCED)
            services.suppress(email=f"a{number}@example.com", reason="x", actor=BY, now=timezone.now())
    client = signed_in(Role.ADMIN)

    counted = [len(queries_of(client, LIST, status="bounced")), len(queries_of(client, CLOSED))]

    assert counted == [7, 7]


def test_close_an_address_by_hand_and_open_it_again(signed_in: SignedIn, merchant: Merchant) -> None:
    agent, admin = signed_in(Role.AGENT), signed_in(Role.ADMIN)
    for _press in range(3):
        answer = agent.post(f"{CLOSED}add/", {"email": " Jane@Example.com", "reason": "She wrote to us"})
        assert answer.status_code == 302
    page = agent.get(CLOSED).content.decode()
    assert "jane@example.com" in page
    assert "Unsubscribed" in page
    assert "/remove/" not in page
    with merchant_scope(merchant):
        row = Suppression.objects.get()

    assert agent.post(f"{CLOSED}{row.id}/remove/", {"reason": "x"}).status_code == 403
    assert admin.get(f"{CLOSED}{row.id}/remove/").status_code == 200
    assert admin.post(f"{CLOSED}{row.id}/remove/", {"reason": "She asked"}).status_code == 302
    assert admin.post(f"{CLOSED}{row.id}/remove/", {"reason": "She asked"}).status_code == 404
    with merchant_scope(merchant):
        assert not Suppression.objects.exists()
        actions = AuditEvent.objects.order_by("at").values_list("action", "reason")
        assert list(actions) == [("suppression.added", "She wrote to us"), ("suppression.lifted", "She asked")]


def test_closed_address_is_refused_before_anything_is_sent(
    queue: Queue, merchant: Merchant, sink: Any, stored: Callable[[Message], Message]
) -> None:
    message = queue("jane@example.com")
    with merchant_scope(merchant):
        services.suppress(email="JANE@example.com", reason="x", actor=BY, now=timezone.now())

    runner.run_kind(merchant.id, "message.send")

    assert (stored(message).status, stored(message).last_error) == (Status.FAILED, "suppressed_unsubscribed")
    assert sink.taken == []


def test_close_nothing_that_is_no_address(scope: Merchant) -> None:
    with pytest.raises(AddressInvalid):
        services.suppress(email="nonsense", reason="x", actor=BY, now=timezone.now())


@pytest.mark.parametrize("query", ["q=JANE@example.com", "reason=unsubscribed", "sort=address", "sort=-reason", ""])
def test_find_closed_addresses(signed_in: SignedIn, merchant: Merchant, query: str) -> None:
    with merchant_scope(merchant):
        services.suppress(email="jane@example.com", reason="x", actor=BY, now=timezone.now())

    assert "jane@example.com" in signed_in(Role.VIEWER).get(f"{CLOSED}?{query}").content.decode()
