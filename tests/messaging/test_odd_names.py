"""Names and addresses as people type them: none of them stops a mail, and none stops anybody else's."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from messaging.models import Message
from messaging.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.test_sending import mails, send

Queue = Callable[..., Message]
Stored = Callable[[Message], Message]
NAMES = [
    *(f"Jane {chr(sign)} Doe" for sign in (1, 7, 8, 11, 12, 27, 28, 31, 127, 0x85, 0x9F, 0x2028, 0xFEFF, 0xFFFF)),
    *(f"{sign}Jane" for sign in '"\\()<>@,;:.[]=?'),
    "=?utf-8?q?Jane?=",
    "Jane\r\nBcc: all@example.com",
    "\u202eenaJ",
    "\U0001f600" * 100,
    "\u00e9" * 200,
    "a" * 5000,
    "()",
]


def test_send_to_a_domain_of_other_letters(queue: Queue, stored: Stored, merchant: Merchant, tmp_path: Path) -> None:
    """A header has such a domain in ASCII; left as it was typed, it stopped every mail that was sent beside it."""
    theirs, others = queue("anna@b\u00fccher.example", to_name="Anna M\u00fcller"), queue()

    send(merchant)

    assert (stored(theirs).status, stored(others).status) == (Status.SENT, Status.SENT)
    assert sorted(str(mail["To"]) for mail in mails(tmp_path / "mail")) == [
        "Anna M\u00fcller <anna@xn--bcher-kva.example>",
        "Jane Doe <jane@example.com>",
    ]


def test_send_over_smtp_to_a_domain_of_other_letters(queue: Queue, merchant: Merchant, sink: Any) -> None:
    queue("anna@b\u00fccher.example", to_name="Anna")

    send(merchant)

    assert [envelope.rcpt_tos for envelope in sink.taken] == [["anna@xn--bcher-kva.example"]]


def test_fail_alone_where_no_header_holds_the_address(
    queue: Queue, stored: Stored, merchant: Merchant, tmp_path: Path
) -> None:
    """Whatever came into the outbox by another way: the mails beside it go."""
    theirs, others = queue(), queue()
    with merchant_scope(merchant):
        Message.objects.filter(id=theirs.id).update(to_address="j\u00e4ne@example.com")

    send(merchant)

    found = stored(theirs)
    assert (found.status, found.last_error) == (Status.FAILED, "address_unwritable")
    assert stored(others).status == Status.SENT
    assert len(mails(tmp_path / "mail")) == 1


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_send_to_odd_names(queue: Queue, stored: Stored, merchant: Merchant, tmp_path: Path, name: str) -> None:
    message = queue(to_name=name)

    send(merchant)

    found = stored(message)
    assert (found.status, found.last_error) == (Status.SENT, "")
    [mail] = mails(tmp_path / "mail")
    assert mail["Bcc"] is None
    assert [one.addr_spec for one in mail["To"].addresses] == ["jane@example.com"]
