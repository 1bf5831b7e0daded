"""Waiting for a code: in order, each exactly once, whoever comes, joins, leaves or dies meanwhile."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from codes import filling, services, waiting
from codes.errors import OthersWait, PoolArchived, PoolEmpty
from codes.models import Code, CodePool, Waiting
from codes.states import CodeState
from codes.stock import check_pools, give_up_many, take_many
from jobs.models import Job
from jobs.runner import run_kind
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id, merchant_scope
from tests.codes import waiters

PoolWith = Callable[..., CodePool]
Together = Callable[..., list[Any]]
BY = Actor.system()


@pytest.fixture(autouse=True)
def paper(settings: Any) -> ModuleType:
    """Documents called paper, which take a code as soon as they are served."""
    settings.CODE_WAITERS = "tests.codes.waiters.WAITERS"
    waiters.served.clear()
    waiters.unwilling.clear()
    return waiters


def join(pool: CodePool, *, at: int = 0) -> uuid.UUID:
    """Let a new document wait, since so many seconds after nought."""
    holder, now = uuid.uuid4(), timezone.now() + timedelta(seconds=at)
    waiting.wait(pool_id=pool.id, origin="paper", origin_id=holder, now=now, actor=BY)
    return holder


def upload(pool: CodePool, *codes: str) -> None:
    filling.upload(pool_id=pool.id, data="\n".join(codes).encode(), actor=BY, now=timezone.now())


def take(pool: CodePool, holder: uuid.UUID | None = None) -> Code:
    return services.take(
        pool_id=pool.id, origin="paper", origin_id=holder or uuid.uuid4(), now=timezone.now(), actor=BY
    )


def holders(pool: CodePool) -> dict[str, uuid.UUID | None]:
    return dict(Code.objects.filter(pool=pool, state=CodeState.TAKEN).values_list("value", "holder_id"))


def place(holder: uuid.UUID) -> int | None:
    found = waiting.place_of(origin="paper", origin_id=holder)
    return found.number if found else None


def work(merchant: Merchant) -> None:
    while run_kind(merchant.id, "codes.serve"):
        pass


pytestmark = pytest.mark.django_db(transaction=True)


def test_stand_in_line_in_the_order_of_joining(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        first, second, third = join(pool), join(pool, at=1), join(pool, at=2)

        assert [place(one) for one in (first, second, third, uuid.uuid4())] == [1, 2, 3, None]
        waiting.leave(origin="paper", origin_ids=[first])
        assert [place(one) for one in (first, second, third)] == [None, 1, 2]


def test_keep_the_place_when_joining_again(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        first, _second = join(pool), join(pool, at=1)
        waiting.wait(
            pool_id=pool.id, origin="paper", origin_id=first, now=timezone.now() + timedelta(hours=1), actor=BY
        )

        assert (place(first), Waiting.objects.count()) == (1, 2)


def test_change_over_to_another_line(pool_with: PoolWith, merchant: Merchant) -> None:
    one, other = pool_with(), pool_with(name="Other")
    with merchant_scope(merchant):
        holder = join(one)
        waiting.wait(pool_id=other.id, origin="paper", origin_id=holder, now=timezone.now(), actor=BY)

        assert list(Waiting.objects.values_list("pool_id", flat=True)) == [other.id]


def test_join_no_line_of_an_archived_pool(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with(archived_at=timezone.now())
    with merchant_scope(merchant), pytest.raises(PoolArchived):
        join(pool)


@pytest.mark.parametrize("way", ["upload", "generate", "put back", "put many back", "bring back", "tick"])
def test_serve_in_order_when_codes_come(pool_with: PoolWith, merchant: Merchant, way: str) -> None:
    pool = pool_with("OLD-1", "OLD-2") if way in ("put back", "put many back") else pool_with()
    with merchant_scope(merchant):
        old = [take(pool), take(pool)] if way in ("put back", "put many back") else []
        line = [join(pool, at=n) for n in range(3)]
    with merchant_scope(merchant):
        if way == "upload":
            upload(pool, "NEW-1", "NEW-2")
        elif way == "generate":
            filling.generate(pool_id=pool.id, pattern="N-######", count=2, actor=BY, now=timezone.now())
        elif way == "put back":
            for code in old:
                services.put_back(code_id=code.id, actor=BY, now=timezone.now())
        elif way == "put many back":
            give_up_many(code_ids=[code.id for code in old], burnt=False, actor=BY)
        elif way == "bring back":
            services.archive(pool_id=pool.id, archived=True, actor=BY, now=timezone.now())
            filling.insert(pool_id=pool.id, codes=[("A-1", "A1"), ("A-2", "A2")], now=timezone.now())
            services.archive(pool_id=pool.id, archived=False, actor=BY, now=timezone.now())
        else:
            filling.insert(pool_id=pool.id, codes=[("A-1", "A1"), ("A-2", "A2")], now=timezone.now())
            check_pools(now=timezone.now())

    work(merchant)

    with merchant_scope(merchant):
        assert waiters.served == line[:2]
        assert set(holders(pool).values()) == set(line[:2])
        assert place(line[2]) == 1


def test_let_nobody_pass_those_who_wait(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        first, second = join(pool), join(pool, at=1)
        upload(pool, "NEW-1", "NEW-2")

        with pytest.raises(OthersWait):
            take(pool)
        with pytest.raises(PoolEmpty):
            take(pool, second)
        assert take_many(pool_id=pool.id, origin="paper", origin_ids=[uuid.uuid4()], now=timezone.now()) == {}
        assert take(pool, first).value == "NEW-1"
        assert place(second) == 1


def test_take_many_serves_the_head_of_the_line(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        line = [join(pool, at=n) for n in range(3)]
        upload(pool, *(f"NEW-{n}" for n in range(5)))

        some = take_many(pool_id=pool.id, origin="paper", origin_ids=[line[0], line[2]], now=timezone.now())
        rest = take_many(pool_id=pool.id, origin="paper", origin_ids=[*line, uuid.uuid4()], now=timezone.now())

        assert set(some) == {line[0]}
        assert (len(rest), Waiting.objects.count()) == (4, 0)


def test_pass_over_who_does_not_want_one_any_more(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        first, second = join(pool), join(pool, at=1)
        waiters.unwilling.add(first)
        upload(pool, "NEW-1")

    work(merchant)

    with merchant_scope(merchant):
        assert holders(pool) == {"NEW-1": second}
        assert not Waiting.objects.exists()


def test_go_on_where_it_was_killed(pool_with: PoolWith, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        line = [join(pool, at=n) for n in range(6)]
        upload(pool, *(f"NEW-{n}" for n in range(6)))
    monkeypatch.setattr(waiters, "dies_at", 3)
    with pytest.raises(KeyboardInterrupt):
        work(merchant)
    with merchant_scope(merchant):
        assert set(holders(pool).values()) == set(line[:2])
        Job.objects.update(lease_until=timezone.now(), next_at=timezone.now())
    waiters.served.remove(line[2])
    monkeypatch.setattr(waiters, "dies_at", None)

    work(merchant)

    assert waiters.served == line
    with merchant_scope(merchant):
        assert len(set(holders(pool).values())) == 6


def test_each_is_served_once_by_many_servers(pool_with: PoolWith, merchant: Merchant, together: Together) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        line = [join(pool, at=n) for n in range(40)]
        upload(pool, *(f"NEW-{n:02}" for n in range(30)))

    def serve() -> int:
        served = 0
        while True:
            with merchant_scope(merchant):
                if not waiting.serve_next(pool_id=pool.id, now=timezone.now()):
                    return served
                served += 1

    outcomes = together(serve, [()] * 6)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    with merchant_scope(merchant):
        assert set(holders(pool).values()) == set(line[:30])
        assert len(waiters.served) == len(set(waiters.served)) == 30
        assert [one.origin_id for one in waiting.line_of(pool.id)] == line[30:]


def test_no_code_lies_there_while_somebody_waits(pool_with: PoolWith, merchant: Merchant, together: Together) -> None:
    """Joining and bringing codes at the same moment: one of them always sees the other."""
    pools = [pool_with(name=f"Pool {n}") for n in range(12)]

    def act(number: int, what: str) -> None:
        with merchant_scope(merchant):
            if what == "join":
                join(pools[number])
            else:
                upload(pools[number], f"NEW-{number}")

    outcomes = together(act, [(n, what) for n in range(12) for what in ("join", "upload")])
    work(merchant)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    with merchant_scope(merchant):
        assert not Waiting.objects.exists()
        assert Code.objects.filter(state=CodeState.TAKEN).count() == 12


def test_without_the_meeting_a_code_lies_there(
    pool_with: PoolWith, merchant: Merchant, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: with nothing to meet at, both look before the other has committed."""
    pool = pool_with()
    look = waiting.serve
    monkeypatch.setattr(filling, "meet_at", lambda _pool_id: None)

    looked, joined = threading.Event(), threading.Event()

    def slowly(**given: Any) -> None:
        look(**given)
        looked.set()
        assert joined.wait(30)

    monkeypatch.setattr(filling, "serve", slowly)

    def join_unseen() -> None:
        assert looked.wait(30)
        with merchant_scope(merchant):
            join(pool)
        joined.set()

    def bring() -> None:
        with merchant_scope(merchant):
            upload(pool, "NEW-1")

    outcomes = together(lambda what: what(), [(join_unseen,), (bring,)])
    assert [outcome.error for outcome in outcomes] == [None, None]
    work(merchant)

    with merchant_scope(merchant):
        assert Waiting.objects.count() == 1
        assert Code.objects.filter(state=CodeState.FREE).count() == 1


def test_put_down_no_job_where_nobody_waits(pool_with: PoolWith, merchant: Merchant) -> None:
    pool = pool_with()
    with merchant_scope(merchant):
        upload(pool, "NEW-1")

        assert current_merchant_id() == merchant.id
        assert not Job.objects.filter(kind="codes.serve").exists()


def test_lines_of_two_merchants_are_two(pool_with: PoolWith, merchant: Merchant, other_merchant: Merchant) -> None:
    own, other = pool_with(), pool_with(whose=other_merchant)
    with merchant_scope(merchant):
        join(own)
    with merchant_scope(other_merchant):
        assert take_many(pool_id=other.id, origin="paper", origin_ids=[], now=timezone.now()) == {}
        assert not Waiting.objects.exists()
