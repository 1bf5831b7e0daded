"""Building synthetic merchants: what is small by the services, what is large by one statement a table."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta

from django.db import connections, transaction

from config.demo.base import Stage
from config.demo.business import found_merchant, hire, stock
from config.load.fill import OWNER, Loader
from config.load.lift import lifted
from config.load.people import draft_people
from config.load.rooms import ROOMS, tables_of
from config.load.shares import DAYS
from config.load.story import story_of
from ledger.services import backdated
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope

Say = Callable[[str], None]
# From so many rows a merchant on, indexes are lifted, where the tables are not larger already.
MANY = 20_000
ROWS_NOW = "SELECT sum(greatest(reltuples, 0))::bigint FROM pg_class WHERE oid = ANY (%s::regclass[])"


def build(*, numbers: range, wanted: Mapping[str, int], now: datetime, say: Say) -> list[Merchant]:
    """Make or fill those of the merchants `load-<number>` of which a room is empty that is wanted; return them.

    1. Merchant, staff and catalogue by the services, as if since before the first claim; each in a transaction.
    2. The rooms' rows by the owner, set-based: many of them in one transaction with indexes and keys lifted, few of
       them merchant by merchant under their indexes. Rooms that have rows stay as they are, customers too.

    ``wanted`` counts the rows of each room for one merchant. Times are UTC. Nothing is sent, no job is put down. A run
    that fails in the second part leaves merchants without rows, which the next run fills.
    """
    waiting = [found for number in numbers if (found := _found(number, wanted, now, say))]
    if not waiting:
        return []
    names = [name for name in ROOMS if any(name in loader.wanted for loader in waiting)]
    rows = sum(count for loader in waiting for count in loader.wanted.values())
    many = max(sum(loader.wanted.values()) for loader in waiting) >= MANY and rows * 2 > _rows_now(names)
    with ExitStack() as whole:
        if many:
            whole.enter_context(transaction.atomic(using=OWNER))
            _take_your_time()
            whole.enter_context(lifted(tables_of(names), using=OWNER, say=_timed(say)))
        for loader in waiting:
            _fill(loader)
    return [loader.merchant for loader in waiting]


def _found(number: int, wanted: Mapping[str, int], now: datetime, say: Say) -> Loader | None:
    story, opened = story_of(number), now - timedelta(days=DAYS + 30)
    merchant = Merchant.objects.filter(slug=story.slug).first()
    is_new = merchant is None
    with transaction.atomic():
        merchant = merchant or found_merchant(story)
        stage = Stage(story=story, merchant=merchant, now=now)
        with merchant_scope(merchant):
            if is_new:
                hire(stage)
            stage.staff = dict(_staff(story.slug))
            with backdated(at=opened):
                if is_new:
                    stock(stage, opened)
                for room in ROOMS.values():
                    if room.stock:
                        room.stock(stage, opened)
            missing = {
                name: wanted[name] for name, room in ROOMS.items() if wanted[name] and not room.rows.objects.exists()
            }
    if not missing:
        say(f"{story.slug}: was there")
        return None
    return Loader(merchant, stage.staff, now, missing, _timed(say), {"opened": opened} | dict(wanted))


def _staff(slug: str) -> Iterator[tuple[str, User]]:
    for role in Role:
        yield role.name.lower(), User.objects.get(email=f"{role.name.lower()}@{slug}.example")


def _fill(loader: Loader) -> None:
    with merchant_scope(loader.merchant, using=OWNER):
        _take_your_time()
        draft_people(loader)
        for name, count in loader.wanted.items():
            ROOMS[name].load(loader)
            loader.say(f"{loader.merchant.slug}: {count} {name} made")


def _take_your_time() -> None:
    settings = {"statement_timeout": "0", "idle_in_transaction_session_timeout": "0", "work_mem": "'512MB'"}
    settings |= {"maintenance_work_mem": "'1GB'", "temp_buffers": "'64MB'"}
    with connections[OWNER].cursor() as cursor:
        for name, value in settings.items():
            cursor.execute(f"SET LOCAL {name} = {value}")


def _rows_now(names: list[str]) -> int:
    """Return about how many rows there are of what these rooms count, of all merchants."""
    tables = [ROOMS[name].rows._meta.db_table for name in names]
    with connections[OWNER].cursor() as cursor:
        cursor.execute(ROWS_NOW, [tables])
        return int(cursor.fetchone()[0])


def _timed(say: Say) -> Say:
    began = time.monotonic()
    return lambda text: say(f"{time.monotonic() - began:7.1f} s  {text}")
