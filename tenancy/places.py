"""How far a reader of the journal has come, kept so that it goes on rightly on a server that was restored from a dump.

A place is the number of a transaction, and each server numbers its own: rows that a logical dump brings to another
server keep the numbers of the one before, usually far higher ones, and what is written from then on gets numbers that
the reader believes to have read. So a place says whose number it is, and when the reader stood there. On another
server a reader goes on in two stretches: what was left of the former server's entries, by their numbers; then, from
the first number on, what was recorded later than those. Nothing is read twice or left out, as long as the new server's
clock is not behind the moment of the dump.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.db import connection, models

from tenancy.base import MerchantModel

log = logging.getLogger(__name__)

# A server's own number, which a copy of its files keeps and a dump does not bring along.
SERVER = "(SELECT system_identifier FROM pg_control_system())"
# Beyond the number of every transaction.
ENDLESS = 2**64 - 1


def this_server() -> int:
    """Return the server's own number."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {SERVER}")
        return int(cursor.fetchone()[0])


class Sight(NamedTuple):
    """What a server says of itself at a moment.

    `server`: its own number; `horizon`: every transaction below is over; `newest`: no transaction has had this number
    or a higher one; `clock`: its time (aware); `last_former`: when the last entry was recorded that is behind the
    reader's place and has a number that this server has not given, None where there is none.
    """

    server: int
    horizon: int
    newest: int
    clock: datetime
    last_former: datetime | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which entries are to be read: behind a place, of transactions below a number, recorded in this span of time.

    Without `entry_id` the place is the beginning of transaction `xid`. `after` is excluded, `until` included and given
    for what is left of a former server's entries alone. `server` and `clock` are what
    is written down when it was read.
    """

    xid: int
    entry_id: uuid.UUID | None
    below: int
    after: datetime | None
    until: datetime | None
    server: int
    clock: datetime

    @property
    def is_former(self) -> bool:
        """Say whether these are entries that a former server wrote."""
        return self.until is not None


class Place(MerchantModel):
    """A reader's place in the merchant's journal. Subclasses have the columns that `NUMBER` and `ENTRY` name.

    `server` is the one whose numbers it goes by, and `stood_at` when it was there last, by that server's clock.
    Entries recorded up to `since` are of servers before and read. `former_until`, while it is given, is when the last
    entry was recorded of those that are left of a former server: they are being read.
    """

    server = models.BigIntegerField(null=True, editable=False)
    stood_at = models.DateTimeField(null=True, editable=False)
    since = models.DateTimeField(null=True, editable=False)
    former_until = models.DateTimeField(null=True, editable=False)

    NUMBER: ClassVar[str] = "xid"
    ENTRY: ClassVar[str] = "entry_id"

    class Meta(MerchantModel.Meta):
        abstract = True

    def next_stretch(self, sight: Sight) -> Stretch:
        """Return what is to be read next, and notice a server that numbers anew; changes the row in memory only."""
        if self.former_until is None and self.is_elsewhere(sight):
            log.warning(
                "%s: this server numbers its transactions anew; what it wrote is read by time.", self._meta.label
            )
            stood_at = self.stood_at or sight.clock
            self.former_until = max(stood_at, sight.last_former or stood_at)
            self.server = sight.server
        server, clock = sight.server, sight.clock
        if self.server not in (None, server) and self.stood_at is not None:
            # Restored once more before all of the last but one was read: that is noticed when it is.
            server, clock = self.server, self.stood_at
        return Stretch(
            xid=getattr(self, self.NUMBER),
            entry_id=getattr(self, self.ENTRY) if self.ENTRY else None,
            below=sight.horizon if self.former_until is None else ENDLESS,
            after=self.since,
            until=self.former_until,
            server=server,
            clock=clock,
        )

    def is_elsewhere(self, sight: Sight) -> bool:
        """Say whether the place goes by the numbers of another server than this one."""
        return self.server not in (None, sight.server) or getattr(self, self.NUMBER) > sight.newest

    def stand_behind(self, stretch: Stretch, *, xid: int, entry_id: uuid.UUID) -> None:
        """Write down that a stretch was read up to an entry, that one included."""
        self._stand(stretch, xid, entry_id)

    def stand_at_end(self, stretch: Stretch) -> None:
        """Write down that a stretch was read to its end; behind that of a former server, the numbers begin anew."""
        if stretch.is_former:
            self.since, self.former_until = stretch.until, None
            self._stand(stretch, 0, None)
        else:
            self._stand(stretch, max(stretch.below, stretch.xid), None)

    def pass_by(self, stretch: Stretch, *, horizon: int) -> None:
        """Write down that nothing of what there is by now is wanted."""
        if stretch.is_former:
            self.since, self.former_until = stretch.clock, None
        self._stand(stretch, horizon, None)

    def _stand(self, stretch: Stretch, xid: int, entry_id: uuid.UUID | None) -> None:
        values: dict[str, Any] = {self.NUMBER: xid, "server": stretch.server, "stood_at": stretch.clock}
        if self.ENTRY:
            values[self.ENTRY] = entry_id
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=[*values, "since", "former_until"])
