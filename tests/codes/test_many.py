"""Many codes at once: each document gets one, no two the same one, and what comes back is free again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from codes.errors import CodeNotTaken
from codes.models import Code, CodePool
from codes.services import burn, take
from codes.stock import give_up_many, take_many
from codes.waiting import wait
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope

PoolWith = Callable[..., CodePool]
BY = Actor.system()


def taken(pool: CodePool, ids: list[Any]) -> dict[Any, Code]:
    return take_many(pool_id=pool.id, origin="claim", origin_ids=ids, now=timezone.now())


def test_give_the_oldest_code_to_the_first(scope: Merchant, pool_with: PoolWith) -> None:
    pool = pool_with("A-1", "A-2", "A-3")
    ids = [new_id() for _number in range(2)]
    found = taken(pool, ids)
    assert [found[one].value for one in ids] == ["A-1", "A-2"]
    assert taken(pool, ids) == found
    assert list(Code.objects.filter(state="free").values_list("value", flat=True)) == ["A-3"]


def test_leave_those_without_who_come_too_late(scope: Merchant, pool_with: PoolWith) -> None:
    pool = pool_with("A-1", "A-2")
    ids = [new_id() for _number in range(4)]
    assert sorted(taken(pool, ids)) == sorted(ids[:2])


def test_step_behind_those_who_wait(scope: Merchant, pool_with: PoolWith) -> None:
    pool = pool_with("A-1")
    waiting, late = new_id(), new_id()
    take(pool_id=pool.id, origin="claim", origin_id=new_id(), now=timezone.now(), actor=BY)
    wait(pool_id=pool.id, origin="claim", origin_id=waiting, now=timezone.now(), actor=BY)
    Code.objects.update(state="free", holder_origin="", holder_id=None, taken_at=None)
    assert taken(pool, [late]) == {}
    assert list(taken(pool, [late, waiting])) == [waiting]


@pytest.mark.django_db(transaction=True)
def test_give_no_code_twice(transactional_db: None, merchant: Merchant, pool_with: PoolWith, together: Any) -> None:
    pool = pool_with(*(f"A-{number:03}" for number in range(100)))
    asked = [[new_id() for _number in range(30)] for _batch in range(5)]

    def one(ids: list[Any]) -> dict[Any, Code]:
        with merchant_scope(merchant):
            return taken(pool, ids)

    outcomes = together(one, [(ids,) for ids in asked])

    given = [code.id for outcome in outcomes for code in outcome.value.values()]
    with merchant_scope(merchant):
        assert len(given) == len(set(given)) == Code.objects.filter(state="taken").count()
        assert len(given) + Code.objects.filter(state="free").count() == 100


def test_free_or_burn_many_and_audit_each(scope: Merchant, pool_with: PoolWith) -> None:
    pool = pool_with("A-1", "A-2", "A-3", "A-4")
    codes = [code.id for code in taken(pool, [new_id() for _number in range(4)]).values()]
    assert len(give_up_many(code_ids=codes[:2], burnt=False, actor=BY, reason="Stopped")) == 2
    assert give_up_many(code_ids=codes[:2], burnt=False, actor=BY) == []
    assert len(give_up_many(code_ids=codes[2:], burnt=True, actor=BY, reason="Rejected")) == 2
    assert sorted(Code.objects.values_list("state", flat=True)) == ["burnt", "burnt", "free", "free"]
    actions = AuditEvent.objects.order_by("at", "id").values_list("action", "reason")
    assert sorted(actions) == [("code.burnt", "Rejected")] * 2 + [("code.put_back", "Stopped")] * 2


def test_never_free_a_burnt_code(scope: Merchant, pool_with: PoolWith) -> None:
    pool = pool_with("A-1", "A-2")
    first, second = (code.id for code in taken(pool, [new_id(), new_id()]).values())
    burn(code_id=first, actor=BY, now=timezone.now())
    with pytest.raises(CodeNotTaken):
        give_up_many(code_ids=[first, second], burnt=False, actor=BY)
    assert Code.objects.get(id=second).state == "taken"
