"""Responses in a file: new ones brought in as of their own time, edited statuses set by the services."""

import uuid
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offers.imports import statuses
from offers.imports.arrivals import Arrivals, known_of
from offers.imports.columns import COLUMNS, ResponseRow, read_row
from offers.models import OfferResponse
from offers.services.importing import Arrival, bring_in
from offers.states import Status
from offers.usage import status_of
from tenancy.actors import Actor
from tenancy.imports.contract import Became, Result, SampleRow
from tenancy.imports.records import Lines, News, Records
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Row
from tenancy.imports.values import BadValue
from tenancy.scope import merchant_scope
from tenancy.selectors import merchant_zone

# Statuses are set one by one, and what was set stays locked until the portion is over: tills shall not wait long.
PORTION = 250
DASH = "\u2013"


class Responses(Records[ResponseRow]):
    """The responses of a file. `reason` is what the history says of rows without one."""

    name = gettext_lazy("Offer responses")
    columns = COLUMNS
    portion = PORTION

    def __init__(self, *, merchant_id: uuid.UUID, now: datetime, actor: Actor, reason: str) -> None:
        super().__init__(merchant_id=merchant_id, now=now)
        self.actor, self.reason = actor, reason
        with merchant_scope(merchant_id):
            self.zone: tzinfo = merchant_zone()
        self.arrivals = Arrivals(actor=actor, zone=self.zone, reason=reason)
        # In which line each response stands, by a fingerprint of its id.
        self.lines: dict[int, int] = {}

    def read(self, row: Row, line: int) -> ResponseRow:
        """Return a row's response."""
        return read_row(row, now=self.now, zone=self.zone)

    def look(self, lines: Lines[ResponseRow], refusals: Refusals) -> list[News[ResponseRow]]:
        """Say which responses are new, and whose status would change."""
        rows = [row for _line, row in lines]
        standing, known = statuses.standing_of(rows), known_of([row for row in rows if row.id is None])
        news = list[News[ResponseRow]]()
        for line, row in lines:
            with refusals.of(line):
                if row.id is None:
                    arrival = self.arrivals.judge(row, known)
                    news += [News("added", line, row, _arriving(arrival, self.zone))] if arrival else []
                    continue
                self._check_once(row.id, line)
                response = statuses.judge(row, standing, now=self.now)
                news += [News("changed", line, row, _changing(response, self.now, self.zone))] if response else []
        return news

    def show(self, news: News[ResponseRow]) -> SampleRow:
        """Return a response by its offer, with its status before and after; no contact details."""
        offer, member, issued, was = news.changes
        status = news.record.status or Status.PENDING
        facts = {
            str(_("Member")): member,
            str(_("Issued")): issued,
            str(_("Status now")): was,
            str(_("Status after")): str(status.label),
        }
        return SampleRow(news.action, offer, facts)

    def store(self, lines: Lines[ResponseRow]) -> list[Result]:
        """Write what is new, and set statuses; what has been told otherwise meanwhile stands as it is."""
        new = self._added([(line, row) for line, row in lines if row.id is None])
        return new + self._changed([(line, row) for line, row in lines if row.id is not None])

    def _added(self, lines: Lines[ResponseRow]) -> list[Result]:
        known = known_of([row for _line, row in lines])
        arrivals, results = dict[int, Arrival](), list[Result]()
        for line, row in lines:
            try:
                arrivals[line] = self.arrivals.to_write(row, known)
            except BadValue as refusal:
                results.append(Result(line, Became.REFUSED, reason=str(refusal)))
        done = bring_in(arrivals=list(arrivals.values()), actor=self.actor, now=self.now)
        for line, one in arrivals.items():
            # The same name twice in a file is one response.
            made = done.pop(one.key, None)
            results.append(Result(line, Became.ADDED, made.id, made.version) if made else Result(line, Became.SKIPPED))
        return results

    def _changed(self, lines: Lines[ResponseRow]) -> list[Result]:
        """Set statuses, in one order for everybody."""
        standing, wanted = statuses.standing_of([row for _line, row in lines]), list[tuple[int, ResponseRow]]()
        results: list[Result] = []
        for line, row in lines:
            try:
                if statuses.judge(row, standing, now=self.now):
                    wanted.append((line, row))
                else:
                    results.append(Result(line, Became.SKIPPED))
            except BadValue as refusal:
                results.append(Result(line, Became.REFUSED, reason=str(refusal)))
        wanted.sort(key=lambda pair: (standing.rows[_id(pair[1])].offer_id, _id(pair[1])))
        return results + [self._put(line, row) for line, row in wanted]

    def _put(self, line: int, row: ResponseRow) -> Result:
        done = statuses.put(row, actor=self.actor, now=self.now, reason=self.reason)
        if isinstance(done, str):
            return Result(line, Became.REFUSED, row.id, reason=done)
        return Result(line, Became.CHANGED, row.id, done) if done else Result(line, Became.SKIPPED, row.id)

    def _check_once(self, response_id: uuid.UUID, line: int) -> None:
        first = self.lines.setdefault(hash(response_id), line)
        if first != line:
            raise BadValue(_("The same response stands in line %(line)s.") % {"line": first})


def _id(row: ResponseRow) -> uuid.UUID:
    if row.id is None:
        raise LookupError("A row without an id names no response.")
    return row.id


def _arriving(arrival: Arrival, zone: tzinfo) -> Sequence[Any]:
    giving = arrival.giving
    return giving.offer.name, giving.customer.card_number or DASH, _day(giving.now, zone), DASH


def _changing(response: OfferResponse, now: datetime, zone: tzinfo) -> Sequence[Any]:
    status = str(status_of(response, at=now).label)
    return response.offer_name, response.member_name or DASH, _day(response.issued_at, zone), status


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"
