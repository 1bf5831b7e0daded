"""A merchant's account at a provider of cashback: saving it, and testing the connection."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from jobs.services import enqueue
from loyalty.cashback.provider import Answer, Verdict
from loyalty.errors import NotAllowed
from loyalty.models import CashbackAccount
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id

KIND = "cashback.test"
FIELDS = ("base_url", "merchant_code", "wallet")
TESTED = ("test_asked_at", "tested_at", "test_code", "test_words")
# The provider answered, signed and readable, that it does not know an order that never was: it knows us.
WELL = ""


@transaction.atomic
def save_account(*, provider: str, values: Mapping[str, Any], key: str, actor: Actor, now: datetime) -> CashbackAccount:
    """Set up or change the account at a provider.

    1. Locks the row, if there is one; saves address, merchant id and sub-wallet id.
    2. Encrypts ``key`` and replaces the one that is kept; "" leaves that as it is. It is never shown again.
    3. Forgets what the last test said where something changed; audits the change, without the key.

    Raises NotAllowed for a new account without a key.
    """
    found: CashbackAccount | None = CashbackAccount.objects.select_for_update().filter(provider=provider).first()
    account: CashbackAccount = found or CashbackAccount.made_with(id=new_id(), provider=provider)
    if found is None and not key:
        raise NotAllowed
    before = _facts(found) if found else None
    for name in FIELDS:
        setattr(account, name, values[name])
    if key:
        account.key = key
    after = _facts(account)
    if before == after and not key:
        return account
    account.test_asked_at = account.tested_at = None
    account.test_code = account.test_words = ""
    account.save()
    target = ("cashback_account", account.id)
    facts = {**after, "key": "replaced"} if key else after
    audit(action="cashback.account_saved", actor=actor, target=target, before=before, after=facts)
    return account


def test_account(*, provider: str, actor: Actor, now: datetime) -> CashbackAccount:
    """Have the connection tested by a job, since no network is used while a page is made; audits who asked.

    Notes on the account that a test runs; its outcome comes there too (`note_test`). While one runs, another is not
    begun. Raises CashbackAccount.DoesNotExist.
    """
    account: CashbackAccount = CashbackAccount.objects.select_for_update().get(provider=provider)
    if account.is_being_tested(at=now):
        return account
    account.test_asked_at, account.tested_at, account.test_code, account.test_words = now, None, "", ""
    account.save(update_fields=TESTED)
    enqueue(kind=KIND, payload={"account": str(account.id)}, now=now, max_attempts=1)
    audit(action="cashback.account_tested", actor=actor, target=("cashback_account", account.id))
    return account


def note_test(*, account: CashbackAccount, code: str, words: str, now: datetime) -> None:
    """Keep what a test said, unless the account was changed since it was asked for. ``now`` is UTC."""
    rows = CashbackAccount.objects.filter(id=account.id, test_asked_at=account.test_asked_at)
    rows.update(tested_at=now, test_code=code[:60], test_words=words[:200])


def verdict_on(*, answer: Answer) -> tuple[str, str]:
    """Return code and words of what a provider says of an order that never was; no code where all is well."""
    if answer.verdict in (Verdict.UNKNOWN, Verdict.SUCCESS):
        return WELL, ""
    return answer.code or "NONE", answer.message


def _facts(account: CashbackAccount) -> dict[str, Any]:
    return {name: getattr(account, name) for name in FIELDS}
