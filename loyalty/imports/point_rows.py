"""Points given and taken by a file: each row is an adjustment, with its reason and a reference of its own."""

import re
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.normalise import email_norm
from ledger.models import Grant
from ledger.selectors import pending_at, usable_at
from ledger.units import Unit
from loyalty.imports.purchase_rows import CARD, EMAIL, reference_of
from loyalty.imports.whose import Whose, asked, whose
from loyalty.services.point_files import Wanted, bring_in
from loyalty.services.purchases import settings_of_merchant
from loyalty.states import AdjustmentState
from tenancy.actors import Actor
from tenancy.imports.contract import Became, Result, SampleRow
from tenancy.imports.naming import Field
from tenancy.imports.records import Lines, News, Records
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Columns, Row
from tenancy.imports.values import BadValue, within
from tenancy.scope import merchant_scope
from ui import locale

COLUMNS = Columns(
    known=("reference", "card_number", "email", "points", "reason"),
    needed=("reference", "points", "reason"),
    one_of=("card_number", "email"),
)
FIELDS = (
    Field("reference", gettext_lazy("Reference"), ("ref", "id", "number", "key", "nummer", "referenz")),
    CARD,
    EMAIL,
    Field("points", gettext_lazy("Points"), ("amount", "bonus points", "punkte", "value")),
    Field("reason", gettext_lazy("Reason"), ("why", "note", "comment", "grund", "bemerkung")),
)
STANDING = """
SELECT op_key, customer_id, points, state FROM loyalty_pointadjustment WHERE merchant_id = %s AND op_key = ANY (%s::text[])
"""
WHOLE = re.compile(r"^[+-]?[0-9]{1,9}$")
LONGEST_REASON = 500
WAITS = "waits"


class PointRow(NamedTuple):
    """One adjustment as it stands in the file; points are taken where they are below zero."""

    reference: str
    card_number: str
    email: str
    points: int
    reason: str

    @property
    def op_key(self) -> str:
        """Return the name under which it is brought in once."""
        return f"import:{self.reference}"


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored: whose rows these are, and of adjustments that stand whose they are and how many points."""

    whose: Whose
    adjustments: dict[str, tuple[uuid.UUID, int]]
    undone: set[str]

    def misses(self, row: PointRow, customer: uuid.UUID) -> bool:
        """Say whether an adjustment is new; raise BadValue where its reference stands for another one, or did."""
        if row.op_key in self.undone:
            reason = _("“%(text)s” was taken back with its import. Use another reference.")
            raise BadValue(reason % {"text": row.reference})
        stands = self.adjustments.get(row.op_key)
        if stands is not None and stands != (customer, row.points):
            reason = _("The reference “%(text)s” was brought in before, with another member or other points.")
            raise BadValue(reason % {"text": row.reference})
        return stands is None


class Points(Records[PointRow]):
    """The adjustments of a file. What one member is given or taken in it counts together against the limit."""

    name = gettext_lazy("Points")
    columns = COLUMNS

    def __init__(self, *, merchant_id: uuid.UUID, now: datetime, actor: Actor) -> None:
        super().__init__(merchant_id=merchant_id, now=now)
        self.actor = actor
        with merchant_scope(merchant_id):
            self.limit: int | None = settings_of_merchant().approval_above
        # Fingerprints of the references seen so far with what they stand for, and the sums of each member.
        self.seen: dict[int, int] = {}
        self.moved, self.balance = Counter[uuid.UUID](), Counter[uuid.UUID]()

    def read(self, row: Row, line: int) -> PointRow:
        """Return a row's adjustment."""
        if not WHOLE.match(row["points"]) or not int(row["points"]):
            told = {"text": row["points"][:40]}
            raise BadValue(_("“%(text)s” is no number of points; write 100, or -100 to take them.") % told)
        if not row["reason"]:
            raise BadValue(_("The reason is missing."))
        return PointRow(
            reference=within(reference_of(row["reference"]), "reference", 100),
            card_number=within(row.get("card_number", ""), "card_number", 64),
            email=email_norm(row.get("email", "")),
            points=int(row["points"]),
            reason=within(row["reason"], "reason", LONGEST_REASON),
        )

    def look(self, lines: Lines[PointRow], refusals: Refusals) -> list[News[PointRow]]:
        """Say which adjustments are new, and refuse what takes more than there is."""
        known, news = _known(lines), list[News[PointRow]]()
        held = _held(known.whose.everybody(), self.now) if any(row.points < 0 for _line, row in lines) else {}
        for line, row in lines:
            with refusals.of(line):
                customer = known.whose.customer_of(row.card_number, row.email)
                waits = self._waits(row, customer)
                if not self._is_first(row, customer) or not known.misses(row, customer):
                    continue
                if not waits:
                    self._check_held(row, customer, held.get(customer, 0))
                news.append(News("added", line, row, (WAITS,) if waits else ()))
        return news

    def store(self, lines: Lines[PointRow]) -> list[Result]:
        """Write those that are new; what a till or a member has done meanwhile may refuse a row that takes points."""
        known, wanted, results = _known(lines), dict[int, Wanted](), list[Result]()
        for line, row in lines:
            try:
                customer = known.whose.customer_of(row.card_number, row.email)
                waits = self._waits(row, customer)
                if not self._is_first(row, customer) or not known.misses(row, customer):
                    results.append(Result(line, Became.SKIPPED))
                    continue
            except BadValue as refusal:
                results.append(Result(line, Became.REFUSED, reason=str(refusal)))
                continue
            wanted[line] = Wanted(row.op_key, customer, row.points, row.reason, waits)
        done = bring_in(wanted=list(wanted.values()), actor=self.actor, now=self.now)
        return results + [_result(line, done.get(one.op_key), waits=one.waits) for line, one in wanted.items()]

    def show(self, news: News[PointRow]) -> SampleRow:
        """Return an adjustment in words, and whether somebody else has to agree."""
        row, waits = news.record, WAITS in news.changes
        facts = {
            str(_("Points")): ("+" if row.points > 0 else "") + locale.number(row.points),
            str(_("Reason")): row.reason[:80],
            str(_("Approval")): str(_("Waits for a second person") if waits else _("Not needed")),
        }
        return SampleRow(news.action, row.reference, facts)

    def _waits(self, row: PointRow, customer: uuid.UUID) -> bool:
        """Say whether a second person has to agree: one member's rows so far, this one included, are over the limit."""
        self.moved[customer] += abs(row.points)
        return self.limit is not None and self.moved[customer] > self.limit

    def _check_held(self, row: PointRow, customer: uuid.UUID, held: int) -> None:
        balance = held + self.balance[customer] + row.points
        if row.points < 0 and balance < 0:
            told = {"held": locale.number(held + self.balance[customer])}
            raise BadValue(_("The member has only %(held)s points.") % told)
        self.balance[customer] += row.points

    def _is_first(self, row: PointRow, customer: uuid.UUID) -> bool:
        mark, contents = hash(row.reference), hash((customer, row.points))
        if mark not in self.seen:
            self.seen[mark] = contents
            return True
        if self.seen[mark] != contents:
            reason = _("The reference “%(text)s” stands twice, with another member or other points.")
            raise BadValue(reason % {"text": row.reference})
        return False


def _result(line: int, done: uuid.UUID | str | None, *, waits: bool) -> Result:
    if done is None:
        return Result(line, Became.SKIPPED)
    if isinstance(done, str):
        return Result(line, Became.REFUSED, reason=done)
    return Result(line, Became.ADDED, done, reason=_("Waits for a second person.") if waits else "")


def _known(lines: Lines[PointRow]) -> Known:
    """Return what is stored of a portion's members and adjustments; three queries."""
    stands = asked(STANDING, {row.op_key for _line, row in lines})
    known = {key: (who, points) for key, who, points, _state in stands}
    undone = {key for key, _who, _points, state in stands if state == AdjustmentState.UNDONE}
    return Known(whose(row for _line, row in lines), known, undone)


def _held(customers: list[uuid.UUID], at: datetime) -> dict[uuid.UUID, int]:
    """Return how many points these members have, those included that cannot be spent yet."""
    open_lots = Grant.objects.filter(usable_at(at) | pending_at(at), account__customer_id__in=customers)
    sums = open_lots.filter(unit=Unit.POINT).values_list("account__customer_id").annotate(total=Sum("remaining"))
    return {customer: int(total) for customer, total in sums.order_by()}
