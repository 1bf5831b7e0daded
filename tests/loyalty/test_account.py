"""The account at PayTM: written and never read, tested by a job, for owners alone; and asking again."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from config.fakes.paytm import FakePayTM
from jobs.models import Job
from jobs.runner import run_due
from loyalty.models import CashbackAccount, RedeemedReward
from loyalty.services.accounts import save_account
from loyalty.states import CashbackStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_grid import sign_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
PAGE = "/m/brew-bloom/settings/cashback/"
KEY = "0123456789abcdef"


@pytest.fixture
def owner(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.OWNER)


@pytest.fixture
def paytm() -> Iterator[FakePayTM]:
    with FakePayTM(key=KEY) as fake, override_settings(OUTBOUND_ALLOW_PRIVATE=True):
        yield fake


def given(**more: Any) -> dict[str, Any]:
    return {"base_url": "https://dashboard.paytm.com", "merchant_code": "MID", "wallet": "guid", "key": KEY} | more


def account(merchant: Merchant) -> CashbackAccount:
    with merchant_scope(merchant):
        found: CashbackAccount = CashbackAccount.objects.get()
        return found


def shown(client: Client, address: str = PAGE) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(address).content.decode()).split())


def test_save_the_key_encrypted_and_never_show_it(owner: Client, merchant: Merchant) -> None:
    assert owner.post(PAGE, given()).status_code == 302

    kept = account(merchant)
    assert (kept.key, KEY in kept.key_sealed) == (KEY, False)
    page = owner.get(PAGE).content.decode()
    assert KEY not in page
    assert kept.key_sealed not in page
    with merchant_scope(merchant):
        assert KEY not in str(AuditEvent.objects.filter(action="cashback.account_saved").values())


def test_keep_the_key_where_none_is_typed(owner: Client, merchant: Merchant) -> None:
    owner.post(PAGE, given())
    assert owner.post(PAGE, given(key="", wallet="other")).status_code == 302
    assert (account(merchant).key, account(merchant).wallet) == (KEY, "other")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key": ""}, "This field is required."),
        ({"key": "short"}, "A merchant key has 16, 24 or 32 characters."),
        ({"base_url": "http://dashboard.paytm.com"}, "begins with https://"),
        ({"base_url": "https://user:pw@paytm.com"}, "This is not a web address."),
        ({"merchant_code": ""}, "This field is required."),
    ],
)
def test_refuse_what_cannot_be_an_account(owner: Client, merchant: Merchant, wrong: dict[str, str], words: str) -> None:
    answer = owner.post(PAGE, given(**wrong))
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert KEY not in answer.content.decode()
    with merchant_scope(merchant):
        assert not CashbackAccount.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT, Role.ADMIN])
def test_let_nobody_in_but_owners(client: Client, merchant: Merchant, role: Role) -> None:
    other = sign_in(client, merchant, role)
    assert (other.get(PAGE).status_code, other.post(PAGE, given()).status_code) == (403, 403)
    assert other.post(f"{PAGE}test/").status_code == 403


def say_after_a(owner: Client, merchant: Merchant, fake: FakePayTM, key: str) -> str:
    with merchant_scope(merchant):
        values = {"base_url": fake.url, "merchant_code": "MID", "wallet": "guid"}
        save_account(provider="paytm", values=values, key=key, actor=Actor.system(), now=timezone.now())
    owner.post(f"{PAGE}test/")
    assert "Testing …" in shown(owner)
    run_due()
    return shown(owner, f"{PAGE}?part=1")


def test_say_that_it_works(owner: Client, merchant: Merchant, paytm: FakePayTM) -> None:
    assert "Works PayTM knows the account and its key." in say_after_a(owner, merchant, paytm, KEY)
    assert paytm.transfers == []


def test_say_what_paytm_says_of_a_wrong_key(owner: Client, merchant: Merchant, paytm: FakePayTM) -> None:
    assert "Does not work DE_403: Invalid checksum" in say_after_a(owner, merchant, paytm, "f" * 16)


def test_say_that_nobody_answers(owner: Client, merchant: Merchant, paytm: FakePayTM) -> None:
    paytm.server.shutdown()
    paytm.server.server_close()
    text = say_after_a(owner, merchant, paytm, KEY)
    paytm.__enter__()
    assert "Does not work NOT_REACHED" in text


def test_forget_the_test_once_the_account_changes(owner: Client, merchant: Merchant, paytm: FakePayTM) -> None:
    say_after_a(owner, merchant, paytm, KEY)
    with merchant_scope(merchant):
        values = {"base_url": paytm.url, "merchant_code": "OTHER", "wallet": "guid"}
        save_account(provider="paytm", values=values, key="", actor=Actor.system(), now=timezone.now())
    assert "Not tested since it was saved." in shown(owner)


def test_ask_paytm_again_from_the_page(client: Client, merchant: Merchant, paytm: FakePayTM) -> None:
    """Pending, paid at the second question: the job would ask in half a minute, the button asks now."""
    admin = sign_in(client, merchant, Role.ADMIN)
    with merchant_scope(merchant):
        values = {"base_url": paytm.url, "merchant_code": "MID", "wallet": "guid"}
        save_account(provider="paytm", values=values, key=KEY, actor=Actor.system(), now=timezone.now())
        who = make.customer(phone="+919876543202")
        make.points(who, 500)
        row = make.take(make.reward(reward_type=RewardType.CASHBACK), who)
    run_due()
    for _question in range(2):
        with merchant_scope(merchant):
            assert Job.objects.get(kind="cashback.settle").next_at > timezone.now() + timedelta(seconds=5)
        page = f"/m/brew-bloom/redeemed-rewards/{row.id}/"
        assert "Ask PayTM again" in shown(admin, page)
        assert admin.post(f"{page}ask/").status_code == 302
        run_due()

    with merchant_scope(merchant):
        found = RedeemedReward.objects.get(id=row.id)
        assert found.cashback_status == CashbackStatus.SUCCESS
    assert len(paytm.transfers) == 1
    # Settled: there is nothing to ask any more.
    assert "Ask PayTM again" not in shown(admin, page)
    assert admin.post(f"{page}ask/").status_code == 409
