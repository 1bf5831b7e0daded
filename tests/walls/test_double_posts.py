"""Ten identical posts of a button at the same moment: one effect, and no answer that is a failure."""

import itertools
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from claims_center.models import Claim
from claims_center.services import gifts
from codes.models import Code
from ledger import checks
from tenancy.base import MerchantModel
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.tenancy.conftest import PASSWORD, sign_in
from tests.walls.buttons import BUTTONS, LOOKS, Button, posting_addresses

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
TEN = 10
Together = Callable[..., list[Any]]
# How an act is remembered, counted and found again is no effect of it; check_ledger below proves the counts.
BESIDE = ("IdempotencyRecord", "Token", "ledger.Account", "TallyChange")

NAMED = {button.name: button for button in BUTTONS}
COUNTED: list[Any] = [
    model for model in apps.get_models() if issubclass(model, MerchantModel) and not model._meta.label.endswith(BESIDE)
]
# One question for all: row level security counts the rows of the merchant in scope.
COUNT_ALL = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM {connection.ops.quote_name(model._meta.db_table)})" for model in COUNTED
)


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Any) -> None:
    """A folder of the test's own for files."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    """A browser of an owner who has just signed in."""
    Merchant.objects.filter(id=merchant.id).update(mfa_required=False)
    user = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Olga Owner")
    Membership.objects.create(merchant=merchant, user=user, role=Role.OWNER)
    client = Client()
    sign_in(client, user)
    return client


def counts() -> dict[str, int]:
    """How many rows of everything the merchant in scope has."""
    found: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(COUNT_ALL)
        # Two rooms may call a table alike: both count.
        for model, number in zip(COUNTED, cursor.fetchone(), strict=True):
            found[model.__name__] += number
    more = {"Membership": Membership.objects.count(), "mails": len(mail.outbox)}
    return {**found, **more, "taken codes": Code.objects.filter(state="taken").count()}


def difference(before: dict[str, int]) -> dict[str, int]:
    return {name: number - before[name] for name, number in counts().items() if number != before[name]}


def press(merchant: Merchant, owner: Client, together: Together, button: Button, **more: str) -> tuple[set[int], Any]:
    """Post ten times at once and once more afterwards (the back button).

    Returns the statuses of the answers, and what there is more of than before.
    """
    with merchant_scope(merchant):
        args, body = button.prepare()
        before = counts()
    address = reverse(button.name, args=[merchant.slug, *args])
    session = owner.cookies[settings.SESSION_COOKIE_NAME].value

    def post() -> int:
        client = Client(raise_request_exception=False)
        client.cookies[settings.SESSION_COOKIE_NAME] = session
        given = {name: a_file(value) if isinstance(value, bytes) else value for name, value in body.items()}
        return client.post(address, given | more).status_code

    outcomes = together(post, [()] * TEN)
    assert [outcome.error for outcome in outcomes] == [None] * TEN
    late = post()
    with merchant_scope(merchant):
        return {late, *(outcome.value for outcome in outcomes)}, difference(before)


def a_file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("file.csv", content, "text/csv")


def test_know_every_button() -> None:
    assert posting_addresses() - LOOKS == {button.name for button in BUTTONS}


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: button.name)
def test_do_once_what_was_sent_ten_times(merchant: Merchant, owner: Client, together: Together, button: Button) -> None:
    statuses, effect = press(merchant, owner, together, button, op_id=str(uuid.uuid4()))

    assert (statuses, effect) == ({302}, button.effect)
    assert checks.run(merchant.id).findings == []


@pytest.mark.parametrize("button", [one for one in BUTTONS if one.by_state], ids=lambda button: button.name)
def test_do_once_what_came_without_an_operation(
    merchant: Merchant, owner: Client, together: Together, button: Button
) -> None:
    statuses, effect = press(merchant, owner, together, button)

    assert max(statuses) < 500
    assert effect == button.effect
    assert checks.run(merchant.id).findings == []


def test_show_the_new_key_after_ten_posts(merchant: Merchant, owner: Client, together: Together) -> None:
    press(merchant, owner, together, NAMED["tenancy:new_key"], op_id=str(uuid.uuid4()))

    assert owner.get(reverse("tenancy:keys", args=[merchant.slug])).context["new_key"]


@pytest.mark.parametrize("name", ["catalogue:promotion_new", "codes:generate", "exports:new"])
def test_notice_when_no_operation_is_remembered(
    merchant: Merchant, owner: Client, together: Together, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without the record of the first answer ten posts do it ten times: the tests above can fail."""
    monkeypatch.setattr("tenancy.views.base.answer_once", lambda *, work, **_rest: work())

    _statuses, effect = press(merchant, owner, together, NAMED[name], op_id=str(uuid.uuid4()))

    assert effect == {what: (TEN + 1) * number for what, number in NAMED[name].effect.items()}


@pytest.mark.parametrize("name", ["claims:send-gift", "claims:resend"])
def test_notice_when_nobody_queues(
    merchant: Merchant, owner: Client, together: Together, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Without the lock on the claim the ten run into each other; the database's own rules still keep it at one."""
    read, two_have_read = itertools.count(1), threading.Event()

    def unlocked(*, claim_id: uuid.UUID) -> Claim:
        found: Claim = Claim.objects.get(id=claim_id)
        if threading.current_thread() is threading.main_thread():
            # What is prepared before the ten come, and what comes after them, meets nobody.
            return found
        if next(read) > 1:
            two_have_read.set()
        # However slow the machine is: nobody writes before somebody else has read as well.
        assert two_have_read.wait(30)
        return found

    monkeypatch.setattr(gifts, "locked", unlocked)

    statuses, effect = press(merchant, owner, together, NAMED[name])

    assert max(statuses) == 500
    assert effect == NAMED[name].effect
