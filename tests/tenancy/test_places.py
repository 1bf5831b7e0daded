"""A reader's place in the journal over several servers: whatever is written and restored when, each entry once."""

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tenancy.ids import new_id
from tenancy.places import Place, Sight, Stretch

START = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 3


@dataclass
class Entry:
    """An entry, and whether its transaction is over."""

    xid: int
    number: int
    recorded_at: datetime
    is_over: bool = False


class Reader:
    """A place without a table."""

    next_stretch: Any
    stand_behind: Any
    stand_at_end: Any

    NUMBER, ENTRY = "xid", "entry_id"
    _meta = SimpleNamespace(label="reader")

    def __init__(self) -> None:
        self.xid, self.entry_id = 0, None
        self.server: int | None = None
        self.stood_at = self.since = self.former_until = None

    def save(self, **_about: Any) -> None:
        """Keep nothing: the dump is a copy of the object."""

    def copy(self) -> "Reader":
        """Return it as a dump has it."""
        made = Reader()
        made.__dict__ |= self.__dict__
        return made


for name in ("next_stretch", "is_elsewhere", "stand_behind", "stand_at_end", "_stand"):
    setattr(Reader, name, getattr(Place, name))


@dataclass
class Server:
    """A server that numbers its transactions from `newest` on."""

    number: int
    newest: int
    at: datetime
    entries: list[Entry] = field(default_factory=list)

    def tick(self) -> datetime:
        """A second goes by."""
        self.at += timedelta(seconds=1)
        return self.at

    def begin(self) -> Entry:
        """A transaction gets its number and writes; nobody sees it before it is over."""
        self.newest += 1
        made = Entry(self.newest - 1, new_id().int, self.tick())
        self.entries.append(made)
        return made

    def look(self, xid: int) -> Sight:
        """What the database says of itself."""
        open_ones = [one.xid for one in self.entries if not one.is_over]
        beyond = [one.recorded_at for one in self.entries if one.is_over and one.xid >= max(xid, self.newest)]
        return Sight(self.number, min([*open_ones, self.newest]), self.newest, self.tick(), max(beyond, default=None))

    def read(self, stretch: Stretch) -> list[Entry]:
        """The next entries of a stretch."""
        behind = (stretch.xid, int(stretch.entry_id or uuid.UUID(int=0)))
        found = [
            one
            for one in self.entries
            if one.is_over
            and (one.xid, one.number) > behind
            and one.xid < stretch.below
            and (stretch.after is None or one.recorded_at > stretch.after)
            and (stretch.until is None or one.recorded_at <= stretch.until)
        ]
        return sorted(found, key=lambda one: (one.xid, one.number))[:LIMIT]


def step(reader: Reader, server: Server, seen: list[int]) -> bool:
    """Let a reader take the next batch; return whether there was something."""
    stretch = reader.next_stretch(server.look(reader.xid))
    found = server.read(stretch)
    seen += [one.number for one in found]
    if len(found) == LIMIT:
        reader.stand_behind(stretch, xid=found[-1].xid, entry_id=uuid.UUID(int=found[-1].number))
    else:
        reader.stand_at_end(stretch)
    return bool(found) or stretch.is_former


def live(server: Server, reader: Reader, seen: list[int], dice: random.Random, *, reads: bool) -> None:
    """Let things happen: transactions begin, end in any order, write nothing, and the reader comes by."""
    for _ in range(dice.randrange(40)):
        act = dice.random()
        if act < 0.4:
            server.begin()
        elif act < 0.7:
            waiting = [one for one in server.entries if not one.is_over]
            if waiting:
                dice.choice(waiting).is_over = True
        elif act < 0.8:
            server.newest += dice.randrange(60)
        elif reads:
            step(reader, server, seen)


def restore(server: Server, reader: Reader, dice: random.Random) -> tuple[Server, Reader]:
    """Return what a dump of this moment becomes elsewhere: without what is open, with numbers of its own."""
    kept = [Entry(one.xid, one.number, one.recorded_at, is_over=True) for one in server.entries if one.is_over]
    newest = dice.choice([3, server.newest // 2, server.newest - 5, server.newest + 50])
    later = server.at + timedelta(minutes=1)
    return Server(server.number + 1, max(newest, 3), later, kept), reader.copy()


@pytest.mark.parametrize("first", range(0, 250, 50))
def test_read_each_entry_once_over_restores(first: int) -> None:
    for seed in range(first, first + 50):
        assert_each_once(seed)


def assert_each_once(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same histories every time
    server, reader = Server(1, dice.choice([3, 400]), START), Reader()
    seen: list[int] = []
    for life in range(4):
        # The first look at a restored server may come late.
        live(server, reader, seen, dice, reads=life == 0 or dice.random() < 0.5)
        live(server, reader, seen, dice, reads=True)
        if life < 3:
            server, reader = restore(server, reader, dice)
    for one in server.entries:
        one.is_over = True
    server.newest += dice.choice([0, 2000])
    while step(reader, server, seen):
        pass
    assert sorted(seen) == sorted(one.number for one in server.entries), seed


def test_control_a_number_alone_loses_or_doubles() -> None:
    """Without whose number it is and when it stood there, some of these histories go wrong."""
    wrong = 0
    for seed in range(60):
        dice = random.Random(seed)  # noqa: S311 - as above
        server, reader = Server(1, 400, START), Reader()
        seen: list[int] = []
        live(server, reader, seen, dice, reads=True)
        while step(reader, server, seen):
            pass
        server, reader = restore(server, reader, dice)
        reader.server = server.number
        live(server, reader, seen, dice, reads=False)
        for one in server.entries:
            one.is_over = True
        # By the time of the first look nothing shows by the numbers any more.
        server.newest += 1000
        while step(reader, server, seen):
            pass
        wrong += sorted(seen) != sorted(one.number for one in server.entries)
    assert wrong > 10
