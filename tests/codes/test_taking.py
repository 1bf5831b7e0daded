"""Taking codes: each to one holder, none lost, none given falsely as sold out."""

import contextlib
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from codes import services
from codes.errors import CodeNotTaken, HolderHasCode, PoolArchived, PoolEmpty
from codes.minting import mint, mint_many
from codes.models import Code, CodePool
from codes.states import CodeState
from codes.stock import take_many
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

PoolWith = Callable[..., CodePool]
Together = Callable[..., list[Any]]
BY = Actor.system()


def take(pool: CodePool, holder: uuid.UUID | None = None) -> str:
    """Take a code in a transaction of its own."""
    with merchant_scope(pool.merchant_id):
        code = services.take(
            pool_id=pool.id, origin="claim", origin_id=holder or uuid.uuid4(), now=timezone.now(), actor=BY
        )
        return code.value


def states(pool: CodePool) -> dict[str, str]:
    """The state of each code."""
    with merchant_scope(pool.merchant_id):
        return dict(Code.objects.filter(pool=pool).values_list("value", "state"))


def test_take_gives_the_oldest_code_and_writes_its_holder(pool_with: PoolWith, merchant: Merchant) -> None:
    pool, holder = pool_with("AAA-1", "BBB-2"), uuid.uuid4()

    assert take(pool, holder) == "AAA-1"

    with merchant_scope(merchant):
        code = Code.objects.get(value="AAA-1")
    assert (code.state, code.holder_origin, code.holder_id) == (CodeState.TAKEN, "claim", holder)
    assert code.taken_at is not None


def test_take_again_returns_the_same_code(pool_with: PoolWith) -> None:
    pool, holder = pool_with("AAA-1", "BBB-2"), uuid.uuid4()

    assert take(pool, holder) == take(pool, holder) == "AAA-1"
    assert states(pool)["BBB-2"] == CodeState.FREE


def test_take_from_second_pool_is_refused_while_first_is_held(pool_with: PoolWith) -> None:
    first, second, holder = pool_with("AAA-1"), pool_with("BBB-2", name="Others"), uuid.uuid4()
    take(first, holder)

    with pytest.raises(HolderHasCode):
        take(second, holder)
    assert states(second) == {"BBB-2": CodeState.FREE}


def test_take_uses_the_very_last_code_then_says_empty(pool_with: PoolWith) -> None:
    pool = pool_with("AAA-1")

    assert take(pool) == "AAA-1"
    with pytest.raises(PoolEmpty):
        take(pool)


def test_archived_pool_gives_no_code_until_it_is_back(pool_with: PoolWith, merchant: Merchant) -> None:
    pool, holder, now = pool_with("AAA-1", "BBB-2", pattern="N-********"), uuid.uuid4(), timezone.now()
    take(pool, holder)
    about: dict[str, Any] = {"pool_id": pool.id, "origin": "claim", "now": now}
    with merchant_scope(merchant):
        services.archive(pool_id=pool.id, archived=True, actor=BY, now=now)

        for is_new in (False, True):
            with pytest.raises(PoolArchived):
                services.take(origin_id=uuid.uuid4(), actor=BY, is_new=is_new, **about)
        assert set(take_many(origin_ids=[uuid.uuid4(), holder], **about)) == {holder}
        with pytest.raises(PoolArchived):
            mint(origin_id=uuid.uuid4(), **about)
        assert mint_many(origin_ids=[uuid.uuid4()], **about) == {}
    assert take(pool, holder) == "AAA-1"

    with merchant_scope(merchant):
        services.archive(pool_id=pool.id, archived=False, actor=BY, now=now)
    assert take(pool) == "BBB-2"


@pytest.mark.parametrize(("pattern", "excluded"), [("", ""), ("BREW", ""), ("--", ""), ("B-####", "0123456789")])
def test_pattern_that_makes_no_codes_is_sold_out(
    pool_with: PoolWith, merchant: Merchant, pattern: str, excluded: str
) -> None:
    pool = pool_with(pattern=pattern, excluded=excluded)
    about: dict[str, Any] = {"pool_id": pool.id, "origin": "claim", "now": timezone.now()}

    with merchant_scope(merchant), pytest.raises(PoolEmpty):
        mint(origin_id=uuid.uuid4(), **about)
    with merchant_scope(merchant):
        assert mint_many(origin_ids=[uuid.uuid4()], **about) == {}


def test_take_from_another_merchants_pool_is_empty(pool_with: PoolWith, other_merchant: Merchant) -> None:
    pool = pool_with("AAA-1")

    with merchant_scope(other_merchant), pytest.raises(PoolEmpty):
        services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=timezone.now(), actor=BY)


def test_put_back_frees_a_code_for_the_next(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with("AAA-1")
    take(pool)

    with merchant_scope(merchant):
        code = Code.objects.get(value="AAA-1")
        services.put_back(code_id=code.id, actor=BY, now=timezone.now())
        services.put_back(code_id=code.id, actor=BY, now=timezone.now())
        assert AuditEvent.objects.filter(action="code.put_back").count() == 1
    assert take(pool) == "AAA-1"


def test_burnt_code_is_never_given_again(pool_with: PoolWith, merchant: Merchant) -> None:
    pool, holder = pool_with("AAA-1"), uuid.uuid4()
    take(pool, holder)

    with merchant_scope(merchant):
        code = Code.objects.get(value="AAA-1")
        services.burn(code_id=code.id, actor=BY, now=timezone.now(), reason="seen elsewhere")
        with pytest.raises(CodeNotTaken):
            services.put_back(code_id=code.id, actor=BY, now=timezone.now())
        assert Code.objects.get(id=code.id).holder_id == holder
    with pytest.raises(PoolEmpty):
        take(pool)


def test_code_that_was_just_taken_is_not_withdrawn_as_a_free_one(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with("AAA-1", "BBB-2")
    take(pool)

    with merchant_scope(merchant):
        with pytest.raises(HolderHasCode):
            services.burn(code_id=Code.objects.get(value="AAA-1").id, actor=BY, now=timezone.now(), only_free=True)
        services.burn(code_id=Code.objects.get(value="BBB-2").id, actor=BY, now=timezone.now(), only_free=True)
    assert states(pool) == {"AAA-1": CodeState.TAKEN, "BBB-2": CodeState.BURNT}


def test_holder_may_take_again_after_its_code_was_burnt(pool_with: PoolWith, merchant: Merchant) -> None:
    pool, holder = pool_with("AAA-1", "BBB-2"), uuid.uuid4()
    take(pool, holder)

    with merchant_scope(merchant):
        services.burn(code_id=Code.objects.get(value="AAA-1").id, actor=BY, now=timezone.now())

    assert take(pool, holder) == "BBB-2"


def test_300_codes_go_to_300_of_360_claimers(pool_with: PoolWith, together: Together) -> None:
    pool = pool_with(*(f"CODE-{number:04}" for number in range(300)))

    def claim_twelve() -> list[str | None]:
        found: list[str | None] = []
        for _claimer in range(12):
            try:
                found.append(take(pool))
            except PoolEmpty:
                found.append(None)
        return found

    outcomes = together(claim_twelve, [()] * 30)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    given = [code for outcome in outcomes for code in outcome.value]
    assert given.count(None) == 60
    assert len({code for code in given if code}) == 300


def test_naive_take_gives_one_code_twice(pool_with: PoolWith, together: Together) -> None:
    """The negative control: look, then write, without a lock or a condition."""
    pool = pool_with(*(f"CODE-{number:04}" for number in range(10)))

    def naive() -> str:
        with merchant_scope(pool.merchant_id):
            code = Code.objects.filter(pool=pool, state=CodeState.FREE).order_by("id")[0]
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.1)")
            Code.objects.filter(id=code.id).update(
                state=CodeState.TAKEN, holder_origin="claim", holder_id=uuid.uuid4(), taken_at=timezone.now()
            )
            return str(code.value)

    given = [outcome.value for outcome in together(naive, [()] * 8)]

    assert len(set(given)) < len(given)


def hold_then_fail(pool: CodePool, locked: threading.Event) -> None:
    """Take a code, hold it a while, and roll back."""
    with merchant_scope(pool.merchant_id):
        services.take(pool_id=pool.id, origin="claim", origin_id=uuid.uuid4(), now=timezone.now(), actor=BY)
        locked.set()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.4)")
        raise KeyError


def test_last_code_on_its_way_back_is_not_sold_out(
    pool_with: PoolWith, together: Together, transactional_db: None
) -> None:
    """While somebody holds the last code and then rolls back, nobody else is told that none is left."""
    pool, locked = pool_with("LAST-1"), threading.Event()

    def hold_and_let_go() -> str:
        with contextlib.suppress(KeyError):
            hold_then_fail(pool, locked)
        return "let go"

    def take_meanwhile() -> str:
        assert locked.wait(30)
        return take(pool)

    outcomes = together(lambda act: act(), [(hold_and_let_go,), (take_meanwhile,)])

    assert [outcome.value for outcome in outcomes] == ["let go", "LAST-1"]


def test_same_holder_twice_at_once_gets_one_code(pool_with: PoolWith, together: Together) -> None:
    pool, holder = pool_with("AAA-1", "BBB-2", "CCC-3"), uuid.uuid4()

    outcomes = together(take, [(pool, holder)] * 6)

    values = {outcome.value for outcome in outcomes if outcome.value}
    assert len(values) == 1
    assert list(states(pool).values()).count(CodeState.TAKEN) == 1


def test_reveal_is_audited(pool_with: PoolWith, merchant: Merchant) -> None:
    pool_with("AAA-1")

    with merchant_scope(merchant):
        code = Code.objects.get()
        assert services.reveal(code_id=code.id, actor=BY, now=timezone.now()) == "AAA-1"
        event = AuditEvent.objects.get(action="code.revealed")
    assert (event.target_id, event.after) == (code.id, None)
