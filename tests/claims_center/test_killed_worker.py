"""The worker dies while it sends a claim's gift: the customer gets one mail with the one code."""

import email
import signal
from pathlib import Path
from typing import Any

import pytest

from claims_center.models import Claim
from claims_center.services.gifts import send_gift
from claims_center.states import Delivery, Event, Status
from codes.models import Code
from jobs.models import Job
from jobs.states import State
from ledger import checks
from ledger.models import Grant
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, STAFF, claim_in
from tests.messaging.test_kills import POINTS, let_time_pass
from tests.messaging.workers import run_worker


@pytest.fixture
def mails(settings: Any, tmp_path: Path) -> Path:
    """The folder that mail goes to."""
    settings.EMAIL_BACKEND = "messaging.backends.eml.EmailBackend"
    settings.MAIL_DIR = tmp_path / "mail"
    return tmp_path / "mail"


def text_of(path: Path) -> str:
    letter = email.message_from_bytes(path.read_bytes())
    return "".join(
        bytes(part.get_payload(decode=True)).decode()
        for part in letter.walk()
        if part.get_content_type() == "text/plain"
    )


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_send_a_claims_gift_once_though_the_worker_dies(
    transactional_db: None, merchant: Merchant, mails: Path, point: str
) -> None:
    with merchant_scope(merchant):
        claim = claim_in(Status.VERIFIED)
        send_gift(claim_id=claim.id, actor=STAFF, now=NOW)

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": "sigkill@1"})
    let_time_pass(merchant)
    ended = run_worker()

    assert (killed, ended) == (-signal.SIGKILL, 0)
    with merchant_scope(merchant):
        found: Claim = Claim.objects.get()
        code = Code.objects.get(state="taken")
        assert (found.gift_code, found.code_id, found.delivery_status in (Delivery.SENT, Delivery.DELIVERED)) == (
            code.value,
            code.id,
            True,
        )
        assert Message.objects.count() == 1
        assert Grant.objects.get().id == found.grant_id
        assert found.changes.filter(event=Event.GIFT_SENT).count() == 1
        # The mail folder reports the delivery a moment later; that job may still wait.
        assert Job.objects.get(kind="message.send").state == State.DONE
    letters = [text_of(path) for path in mails.glob("**/*.eml")]
    assert [code.value in letter for letter in letters] == [True]
    assert checks.run(merchant.id).findings == []
