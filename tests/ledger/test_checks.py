"""A clean journal passes; every kind of damage is found."""

import json
import uuid
from io import StringIO
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from ledger import checks, handlers, services
from ledger.acts import Step
from ledger.findings import Finding
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, ago, ahead, earn, give, now, spend

Superuser = psycopg.Connection[tuple[Any, ...]]


def always_wrong(merchant_id: uuid.UUID) -> list[Finding]:
    return [Finding("room", "nothing is right", {"merchant": str(merchant_id)})]


ROOM_CHECKS = ["tests.ledger.test_checks.always_wrong"]


@pytest.fixture
def lived(merchant: Merchant, committed_customer: uuid.UUID) -> uuid.UUID:
    """A customer with a life: every verb, reversals, a lapse, a sweep; all committed."""

    def told() -> dict[str, Any]:
        return about(committed_customer)

    with merchant_scope(merchant):
        with services.backdated(at=ago(days=10)):
            earn(committed_customer, 100, expires_at=ago(days=5))
            earn(committed_customer, 100, expires_at=ago(days=1))
            late = spend(committed_customer, 120)
        services.reverse(reverses=late.entry_id, **told())
        services.expire_due(unit=Unit.POINT, actor=Actor.system(), now=now())
        earn(committed_customer, 500, expires_at=ahead(days=1))
        earn(committed_customer, 500)
        redeem = [Step.draw(unit=Unit.POINT, amount=600), Step.grant(unit=Unit.VOUCHER, amount=1)]
        redeemed = services.post(steps=redeem, **told())
        services.draw(unit=Unit.VOUCHER, amount=1, grant_id=redeemed.grants[-1], **told())
        undone = services.post(steps=[Step.draw(unit=Unit.POINT, amount=50)], **told())
        services.reverse(reverses=undone.entry_id, **told())
        services.expire(grant_id=give(committed_customer), **told())
        services.revoke(unit=Unit.POINT, amount=10, **told())
        services.record(**told())
    return committed_customer


def test_find_nothing_in_an_empty_journal(merchant: Merchant) -> None:
    report = checks.run(merchant.id)
    assert (report.ok, report.findings, report.counts["entries"]) == (True, [], 0)


def test_find_nothing_in_a_life_well_led(merchant: Merchant, lived: uuid.UUID) -> None:
    report = checks.run(merchant.id)
    assert report.findings == []
    assert report.counts["movements"] > 10


OFF = "SET session_replication_role = replica"
SPENT = "(SELECT id FROM ledger.entries WHERE id IN (SELECT entry_id FROM ledger.movements m JOIN ledger.accounts t ON t.id = m.target_id WHERE t.bucket = 'REDEEMED' AND m.unit = 'POINT') ORDER BY recorded_at DESC LIMIT 1)"
DAMAGE = [
    ("balance", "UPDATE ledger.accounts SET balance = balance + 1 WHERE bucket = 'HELD' AND unit = 'POINT'"),
    ("unit", "UPDATE ledger.accounts SET balance = balance + 1 WHERE bucket = 'HELD' AND unit = 'POINT'"),
    ("grant_remaining", "UPDATE ledger.grants SET remaining = remaining - 1 WHERE unit = 'POINT' AND remaining > 0"),
    ("balance", f"DELETE FROM ledger.movements WHERE entry_id = {SPENT}"),
    ("held_after", f"DELETE FROM ledger.movements WHERE entry_id = {SPENT}"),
    ("issued_whole", ("DELETE FROM ledger.movements WHERE position = 1 AND source_id IN"
                     " (SELECT id FROM ledger.accounts WHERE bucket = 'ISSUED')")),
    ("grant_bounds", ("DELETE FROM ledger.movements WHERE position = 1 AND source_id IN"
                     " (SELECT id FROM ledger.accounts WHERE bucket = 'ISSUED')")),
    ("issued_whole", "UPDATE ledger.grants SET amount = amount + 1 WHERE unit = 'POINT'"),
    ("movement_shape", "UPDATE ledger.movements SET source_id = target_id, target_id = source_id WHERE position = 1"),
    ("movement_shape", "UPDATE ledger.entries SET customer_id = uuidv7()"),
    ("reversal", ("UPDATE ledger.movements SET amount = amount + 1 WHERE entry_id IN"
                 " (SELECT id FROM ledger.entries WHERE reverses IS NOT NULL)")),
    ("reversal", ("DELETE FROM ledger.movements WHERE entry_id IN"
                 " (SELECT reverses FROM ledger.entries WHERE reverses IS NOT NULL)")),
    ("reversal", ("UPDATE ledger.entries SET reverses = NULL, customer_id = uuidv7() WHERE id IN"
                 " (SELECT reverses FROM ledger.entries WHERE reverses IS NOT NULL)")),
    ("held_after", "UPDATE ledger.movements SET held_after = held_after + 7"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "damage"), DAMAGE)
def test_find_damage(
    merchant: Merchant, lived: uuid.UUID, superuser_connection: Superuser, check: str, damage: str
) -> None:
    superuser_connection.execute(OFF)
    assert superuser_connection.execute(damage).rowcount > 0
    assert check in {finding.check for finding in checks.run(merchant.id).findings}


def test_find_points_drawn_out_of_turn(
    merchant: Merchant, committed_customer: uuid.UUID, superuser_connection: Superuser
) -> None:
    with merchant_scope(merchant):
        soon, late = earn(committed_customer, 10, expires_at=ahead(days=1)), earn(committed_customer, 10)
        spend(committed_customer, 5)
    assert checks.run(merchant.id).ok
    superuser_connection.execute(OFF)
    superuser_connection.execute(
        "UPDATE ledger.movements SET grant_id = %s WHERE grant_id = %s AND amount = 5", [late, soon]
    )
    superuser_connection.execute("UPDATE ledger.grants SET remaining = 5 WHERE id = %s", [late])
    superuser_connection.execute("UPDATE ledger.grants SET remaining = 10 WHERE id = %s", [soon])
    assert {finding.check for finding in checks.run(merchant.id).findings} == {"draw_order"}


def test_keep_the_last_result(merchant: Merchant, lived: uuid.UUID, superuser_connection: Superuser) -> None:
    checks.run_and_keep(merchant.id)
    with merchant_scope(merchant):
        first = checks.last()
        assert first is not None
        assert (first.ok, first.findings) == (True, [])
    superuser_connection.execute(OFF)
    superuser_connection.execute("UPDATE ledger.accounts SET balance = 5 WHERE bucket = 'HELD'")
    checks.run_and_keep(merchant.id)
    with merchant_scope(merchant):
        second = checks.last()
        assert second is not None
        assert (second.ok, second.id) == (False, first.id)
        assert {"balance", "unit"} <= {finding["check"] for finding in second.findings}


def test_ask_the_document_rooms_too(merchant: Merchant, settings: Any) -> None:
    settings.LEDGER_CHECKS = "tests.ledger.test_checks.ROOM_CHECKS"
    assert [finding.check for finding in checks.run(merchant.id).findings] == ["room"]


def command(*args: str) -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("check_ledger", *args, stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return out.getvalue(), code


def test_command_says_ok(merchant: Merchant, other_merchant: Merchant, lived: uuid.UUID) -> None:
    said, code = command()
    assert code == 0
    assert said.startswith("brew-bloom: ok (")
    assert "north-trail: ok (0 entries" in said


def test_command_fails_on_a_finding(
    merchant: Merchant, other_merchant: Merchant, lived: uuid.UUID, superuser_connection: Superuser
) -> None:
    superuser_connection.execute(OFF)
    superuser_connection.execute("UPDATE ledger.accounts SET balance = 5 WHERE bucket = 'HELD' AND unit = 'POINT'")
    said, code = command("--json")
    told = json.loads(said)
    assert code == 1
    assert (told["brew-bloom"]["ok"], told["north-trail"]["ok"]) == (False, True)
    assert told["brew-bloom"]["findings"][0]["check"] == "balance"
    assert command("--merchant", "north-trail")[1] == 0
    assert "balance: balance 5" in command("--merchant", "brew-bloom")[0]


def test_command_refuses_an_unknown_merchant(db: None) -> None:
    with pytest.raises(CommandError, match="no merchant nobody"):
        command("--merchant", "nobody")


def test_handler_checks_and_keeps(merchant: Merchant, lived: uuid.UUID) -> None:
    run: Any = SimpleNamespace(merchant_id=merchant.id, result={})
    handlers.check(run)
    assert run.result == {"ok": True, "findings": 0}
    with merchant_scope(merchant):
        assert checks.last() is not None
