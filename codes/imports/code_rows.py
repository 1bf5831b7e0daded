"""Codes in a file: which pool each goes into, and whether the merchant has it already."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from codes.filling import insert_new
from codes.models import Code, CodePool
from codes.normalise import MAX_LENGTH, masked, value_norm
from codes.waiting import serve
from tenancy.imports.contract import Became, Result, SampleRow
from tenancy.imports.naming import Field
from tenancy.imports.records import Lines, News, Records
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Columns, Row
from tenancy.imports.values import SHORTENED, BadValue, within
from tenancy.scope import merchant_scope

COLUMNS = Columns(known=("code", "pool"), needed=("code", "pool"))


def pools() -> list[tuple[str, str]]:
    """Return the pools that codes can be put into, by name, as a choice for all lines."""
    names = CodePool.objects.filter(archived_at=None).order_by("name").values_list("name", flat=True)
    return [(name, name) for name in names]


FIELDS = (
    Field(
        "code",
        gettext_lazy("Code"),
        ("codes", "coupon", "coupon code", "voucher", "voucher code", "value", "gutschein", "gutscheincode"),
    ),
    Field("pool", gettext_lazy("Code pool"), ("pool name", "stock"), pools),
)


class CodeRow(NamedTuple):
    """One code as it stands in the file, as it is compared, and the name of its pool."""

    value: str
    norm: str
    pool: str


class Codes(Records[CodeRow]):
    """The codes of a file."""

    name = gettext_lazy("Codes")
    columns = COLUMNS

    def __init__(self, *, merchant_id: uuid.UUID, now: datetime) -> None:
        super().__init__(merchant_id=merchant_id, now=now)
        with merchant_scope(merchant_id):
            rows = CodePool.objects.filter(archived_at=None).values_list("name", "id")
            self.pools: dict[str, uuid.UUID] = dict(rows)
        # In which line each code stands, by a fingerprint of it.
        self.lines: dict[int, int] = {}

    def read(self, row: Row, line: int) -> CodeRow:
        """Return a row's code."""
        value = row["code"]
        norm = value_norm(value)
        if not norm:
            raise BadValue(_("There is no code in this line."))
        if SHORTENED.match(value):
            reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
            raise BadValue(reason % {"text": value[:40]})
        if not value.isprintable():
            raise BadValue(_("This code holds a character that cannot be printed."))
        if row["pool"] not in self.pools:
            raise BadValue(_("There is no code pool “%(text)s”.") % {"text": row["pool"][:60]})
        # One sign may stand for several, so that the spelling by which codes are compared is longer.
        within(norm, "code", MAX_LENGTH)
        return CodeRow(within(value, "code", MAX_LENGTH), norm, row["pool"])

    def look(self, lines: Lines[CodeRow], refusals: Refusals) -> list[News[CodeRow]]:
        """Say which codes are new; refuse those that stand twice, or in another pool."""
        known, news = _known(lines), list[News[CodeRow]]()
        for line, row in lines:
            with refusals.of(line):
                first = self.lines.setdefault(hash(row.norm), line)
                if first != line:
                    raise BadValue(_("The same code stands in line %(line)s already.") % {"line": first})
                if self._is_new(row, known):
                    news.append(News("added", line, row))
        return news

    def show(self, news: News[CodeRow]) -> SampleRow:
        """Return a code, all but its end hidden, with its pool."""
        return SampleRow(news.action, masked(news.record.value), {str(_("Code pool")): news.record.pool})

    def store(self, lines: Lines[CodeRow]) -> list[Result]:
        """Insert those that are new, pool by pool in their order; who waits for a code is served."""
        known, wanted, results = _known(lines), list[tuple[int, CodeRow]](), list[Result]()
        for line, row in lines:
            try:
                if self._is_new(row, known):
                    wanted.append((line, row))
                else:
                    results.append(Result(line, Became.SKIPPED))
            except BadValue as refusal:
                results.append(Result(line, Became.REFUSED, reason=str(refusal)))
        for pool in sorted({row.pool for _line, row in wanted}):
            results += self._insert(self.pools[pool], [(line, row) for line, row in wanted if row.pool == pool])
        return results

    def _is_new(self, row: CodeRow, known: dict[str, uuid.UUID]) -> bool:
        if row.norm not in known:
            return True
        if known[row.norm] != self.pools[row.pool]:
            raise BadValue(_("This code is in another pool already."))
        return False

    def _insert(self, pool_id: uuid.UUID, lines: Sequence[tuple[int, CodeRow]]) -> list[Result]:
        new = insert_new(pool_id=pool_id, codes=[(row.value, row.norm) for _line, row in lines], now=self.now)
        if new:
            serve(pool_id=pool_id, now=self.now)
        found: list[Result] = []
        for line, row in lines:
            made = new.pop(row.norm, None)
            found.append(Result(line, Became.ADDED, made) if made else Result(line, Became.SKIPPED))
        return found


def _known(lines: Lines[CodeRow]) -> dict[str, uuid.UUID]:
    """Return the pools of those codes that the merchant has already."""
    rows: Any = Code.objects.filter(value_norm__in={row.norm for _line, row in lines})
    return dict(rows.values_list("value_norm", "pool_id"))
