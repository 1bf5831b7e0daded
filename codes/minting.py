"""Making a code at the moment somebody gets it: pools by pattern never run empty."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from codes.errors import PoolArchived, PoolEmpty
from codes.models import Code, CodePool
from codes.patterns import capacity, check_pattern, draw
from codes.states import CodeState

ATTEMPTS = 5
WANTED = ("id", "pattern", "excluded", "archived_at")


def mint(*, pool_id: uuid.UUID, origin: str, origin_id: uuid.UUID, now: datetime) -> Code:
    """Make a new random code of the pool's pattern, taken by a document at once, inside the caller's transaction.

    Its value is new among all codes of the merchant; a chance hit is drawn again. Raises PoolEmpty where the pattern
    has no safe room left or makes no codes (somebody has changed it), and PoolArchived where the pool is out of use, so
    that "sold out" is said before anything is given.
    """
    pool: CodePool = CodePool.objects.only(*WANTED).get(id=pool_id)
    if pool.archived_at is not None:
        raise PoolArchived
    if not _makes_codes(pool):
        raise PoolEmpty
    for _attempt in range(ATTEMPTS):
        value, norm = draw(pool.pattern, 1, excluded=pool.excluded)[0]
        code = Code.made_with(
            pool_id=pool_id,
            value=value,
            value_norm=norm,
            state=CodeState.TAKEN,
            holder_origin=origin,
            holder_id=origin_id,
            taken_at=now,
            created_at=now,
        )
        if Code.objects.bulk_create([code], ignore_conflicts=True) and Code.objects.filter(id=code.id).exists():
            return code
    raise PoolEmpty


def mint_many(
    *, pool_id: uuid.UUID, origin: str, origin_ids: Sequence[uuid.UUID], now: datetime
) -> dict[uuid.UUID, Code]:
    """Make a new code for each of these documents as `mint` does, by a handful of statements; return them by document.

    A document that is missing in the answer found no safe room in the pattern; of an archived pool all are missing.
    """
    pool: CodePool = CodePool.objects.only(*WANTED).get(id=pool_id)
    made: dict[uuid.UUID, Code] = {}
    if pool.archived_at is not None or not _makes_codes(pool):
        return made
    for _attempt in range(ATTEMPTS):
        left = [one for one in origin_ids if one not in made]
        if not left:
            break
        drawn = draw(pool.pattern, len(left), excluded=pool.excluded)
        codes = [
            Code.made_with(
                pool_id=pool_id,
                value=value,
                value_norm=norm,
                state=CodeState.TAKEN,
                holder_origin=origin,
                holder_id=holder,
                taken_at=now,
                created_at=now,
            )
            for holder, (value, norm) in zip(left, drawn, strict=False)
        ]
        Code.objects.bulk_create(codes, ignore_conflicts=True)
        there = set(Code.objects.filter(id__in=[code.id for code in codes]).values_list("id", flat=True))
        made |= {code.holder_id: code for code in codes if code.id in there and code.holder_id is not None}
    return made


def check_room(*, pool: CodePool) -> None:
    """Raise PatternRefused unless the pool's pattern has safe room for another code."""
    check_pattern(pool.pattern, count=1, existing=Code.objects.filter(pool=pool).count(), excluded=pool.excluded)


def _makes_codes(pool: CodePool) -> bool:
    return capacity(pool.pattern, excluded=pool.excluded) > 1
