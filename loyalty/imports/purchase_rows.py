"""Purchases in a file: read, compared with what is recorded, written with their points."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.normalise import email_norm
from ledger.acts import Act, Step, digest_of
from ledger.errors import LedgerConflict
from ledger.services import backdated, post_many
from ledger.units import Unit
from loyalty.earning import points_for, validity
from loyalty.imports.whose import Whose, asked, whose
from loyalty.models import LoyaltySettings, Purchase
from loyalty.models.points import LONGEST_REFERENCE
from loyalty.services.purchases import ORIGIN, happened, settings_of_merchant
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.imports.contract import Became, Result, SampleRow
from tenancy.imports.naming import Field
from tenancy.imports.records import Lines, News, Records
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Columns, Row
from tenancy.imports.values import SHORTENED, BadValue, amount, code, moment, within
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id, merchant_scope
from tenancy.selectors import merchant_zone
from triggers.services import answer
from ui import locale

# Columns as arrays: some thousand rows are one short statement. The constant ones come once.
INSERT = """
INSERT INTO loyalty_purchase (merchant_id, id, reference, customer_id, amount, currency, occurred_at, recorded_at,
    entry_id, grant_id, points_earned, returned_amount, points_returned)
SELECT %(merchant)s, d.id, d.reference, d.customer_id, d.amount, %(currency)s, d.occurred_at, %(recorded_at)s,
    d.entry_id, d.grant_id, d.points_earned, 0, 0
FROM unnest(%(id)s::uuid[], %(reference)s::text[], %(customer_id)s::uuid[], %(amount)s::numeric[],
    %(occurred_at)s::timestamptz[], %(entry_id)s::uuid[], %(grant_id)s::uuid[], %(points_earned)s::integer[])
    AS d (id, reference, customer_id, amount, occurred_at, entry_id, grant_id, points_earned)
"""
ARRAYS = ("id", "reference", "customer_id", "amount", "occurred_at", "entry_id", "grant_id", "points_earned")
RECORDED = """
SELECT reference, customer_id, amount FROM loyalty_purchase WHERE merchant_id = %s AND reference = ANY (%s::text[])
"""
# What has just happened is dated a moment earlier: the database's clock may be behind ours.
MARGIN = timedelta(minutes=1)
# What a purchase can earn: the column holds no more.
MOST_POINTS = 2**31 - 1


class PurchaseRow(NamedTuple):
    """One purchase as it stands in the file; the currency is empty where the file has none."""

    reference: str
    card_number: str
    email: str
    amount: Decimal
    currency: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored: whose the rows are, and of recorded purchases whose they are and how much."""

    whose: Whose
    purchases: dict[str, tuple[uuid.UUID, Decimal]]

    def customer_of(self, row: PurchaseRow) -> uuid.UUID:
        """Return whose purchase it is; raise BadValue for somebody unknown, and where card and address differ."""
        return self.whose.customer_of(row.card_number, row.email)

    def misses(self, row: PurchaseRow, customer: uuid.UUID) -> bool:
        """Say whether a purchase is not recorded; raise BadValue where it is, with other contents."""
        recorded = self.purchases.get(row.reference)
        if recorded is not None and recorded != (customer, row.amount):
            reason = _("The purchase “%(text)s” was recorded before, with another customer or amount.")
            raise BadValue(reason % {"text": row.reference})
        return recorded is None


COLUMNS = Columns(
    known=("reference", "card_number", "email", "amount", "currency", "occurred_at"),
    needed=("reference", "amount", "occurred_at"),
    one_of=("card_number", "email"),
)
CARD = Field(
    "card_number",
    gettext_lazy("Card number"),
    ("card", "card no", "member number", "loyalty card", "household", "household id", "kartennummer", "kundennummer"),
)
EMAIL = Field("email", gettext_lazy("E-mail"), ("e-mail address", "mail", "email address", "e-mail-adresse"))
FIELDS = (
    Field(
        "reference",
        gettext_lazy("Reference"),
        ("receipt", "receipt number", "basket", "basket id", "transaction", "transaction id", "bon", "belegnummer"),
    ),
    CARD,
    EMAIL,
    Field("amount", gettext_lazy("Amount"), ("total", "value", "sum", "sales value", "betrag", "summe", "umsatz")),
    Field("currency", gettext_lazy("Currency"), ("currency code", "währung")),
    Field(
        "occurred_at",
        gettext_lazy("Purchased"),
        ("date", "day", "time", "at", "purchase date", "purchased at", "timestamp", "datum", "zeitpunkt", "kaufdatum"),
    ),
)


class Purchases(Records[PurchaseRow]):
    """The purchases of a file."""

    name = gettext_lazy("Purchases")
    columns = COLUMNS

    def __init__(self, *, merchant_id: uuid.UUID, now: datetime, actor: Actor) -> None:
        super().__init__(merchant_id=merchant_id, now=now)
        self.actor = actor
        with merchant_scope(merchant_id):
            self.currency: str = Merchant.objects.values_list("currency", flat=True).get(id=merchant_id)
            self.rules: LoyaltySettings = settings_of_merchant()
            self.zone: tzinfo = merchant_zone()
        # Fingerprints of the references seen so far, with whose they are and how much: some bytes a row.
        self.seen: dict[int, int] = {}

    def read(self, row: Row, line: int) -> PurchaseRow:
        """Return a row's purchase."""
        paid = amount(row["amount"], "amount")
        if paid is None:
            raise BadValue(_("The amount is missing."))
        if points_for(paid, self.rules) > MOST_POINTS:
            raise BadValue(_("“%(text)s” in amount is more than a purchase can be.") % {"text": row["amount"][:40]})
        currency = code(row.get("currency", ""), "currency", "[A-Z]{3}")
        if currency not in ("", self.currency):
            raise BadValue(_("Amounts have to be in %(currency)s.") % {"currency": self.currency})
        return PurchaseRow(
            reference=reference_of(row["reference"]),
            card_number=within(row.get("card_number", ""), "card_number", 64),
            email=email_norm(row.get("email", "")),
            amount=paid,
            currency=currency,
            occurred_at=moment(row["occurred_at"], "occurred_at", now=self.now, zone=self.zone),
        )

    def look(self, lines: Lines[PurchaseRow], refusals: Refusals) -> list[News[PurchaseRow]]:
        """Say which purchases are new."""
        known, news = _known(lines), list[News[PurchaseRow]]()
        for line, row in lines:
            with refusals.of(line):
                customer = known.customer_of(row)
                if self._is_first(row, customer) and known.misses(row, customer):
                    news.append(News("added", line, row))
        return news

    def store(self, lines: Lines[PurchaseRow]) -> list[Result]:
        """Write those that are new with their points; once more where a till has just told one of them."""
        try:
            with transaction.atomic():
                return self._write(lines)
        except (LedgerConflict, IntegrityError):
            return self._write(lines)

    def _is_first(self, row: PurchaseRow, customer: uuid.UUID) -> bool:
        """Say whether a reference has not stood further up; raise BadValue where it has, with other contents."""
        mark, contents = hash(row.reference), hash((customer, row.amount))
        if mark not in self.seen:
            self.seen[mark] = contents
            return True
        if self.seen[mark] != contents:
            reason = _("The reference “%(text)s” stands twice, with another customer or amount.")
            raise BadValue(reason % {"text": row.reference})
        return False

    def show(self, news: News[PurchaseRow]) -> SampleRow:
        """Return a purchase in words, with the points that it earns."""
        row = news.record
        facts = {
            str(_("Purchased")): f"{row.occurred_at.astimezone(self.zone):%Y-%m-%d}",
            str(_("Amount")): locale.money(row.amount, self.currency),
            str(_("Points")): locale.number(points_for(row.amount, self.rules)),
        }
        return SampleRow(news.action, row.reference, facts)

    def _write(self, lines: Lines[PurchaseRow]) -> list[Result]:
        news, results = _news(lines)
        purchases = [self._purchase(customer, row) for _line, customer, row in news]
        with backdated(at=self.now - MARGIN):
            posted = post_many(acts=[self._act(one) for one in purchases], actor=self.actor)
        is_new = [not standing.replayed for standing in posted]
        new = [one for one, yes in zip(purchases, is_new, strict=True) if yes]
        _insert(new)
        answer(happened=[happened(purchase=one, at=self._at(one)) for one in new], now=self.now)
        for (line, _customer, _row), one, yes in zip(news, purchases, is_new, strict=True):
            results.append(Result(line, Became.ADDED, one.id) if yes else Result(line, Became.SKIPPED))
        return results

    def _purchase(self, customer_id: uuid.UUID, row: PurchaseRow) -> Purchase:
        points = points_for(row.amount, self.rules)
        return Purchase.made_with(
            id=new_id(),
            reference=row.reference,
            customer_id=customer_id,
            amount=row.amount,
            currency=self.currency,
            occurred_at=row.occurred_at,
            recorded_at=self.now,
            entry_id=new_id(),
            grant_id=new_id() if points else None,
            points_earned=points,
        )

    def _act(self, purchase: Purchase) -> Act:
        return Act(
            event=PointEvent.PURCHASE.value,
            origin=ORIGIN,
            origin_id=purchase.id,
            customer_id=purchase.customer_id,
            key=f"{ORIGIN}:{purchase.reference}",
            digest=digest_of(ORIGIN, purchase.customer_id, purchase.amount),
            occurred_at=(at := self._at(purchase)),
            entry_id=purchase.entry_id,
            steps=tuple(self._lot(purchase, at)),
        )

    def _at(self, purchase: Purchase) -> datetime:
        """Return when its entry says that it happened."""
        return min(purchase.occurred_at, self.now - MARGIN)

    def _lot(self, purchase: Purchase, at: datetime) -> Iterator[Step]:
        if purchase.points_earned:
            lasts = validity(at, self.rules, self.zone)
            yield Step.grant(
                unit=Unit.POINT,
                amount=purchase.points_earned,
                grant_id=purchase.grant_id,
                valid_from=lasts.valid_from if lasts.valid_from > at else None,
                expires_at=lasts.expires_at,
            )


def _insert(purchases: list[Purchase]) -> None:
    """Insert purchases of one merchant, one currency and one moment of recording by one statement."""
    if not purchases:
        return
    values: dict[str, Any] = {name: [getattr(one, name) for one in purchases] for name in ARRAYS}
    values |= {"merchant": current_merchant_id(), "currency": purchases[0].currency}
    with connection.cursor() as cursor:
        cursor.execute(INSERT, values | {"recorded_at": purchases[0].recorded_at})


def reference_of(text: str) -> str:
    """Return a row's own name; raise BadValue for none, and for one that a spreadsheet has shortened."""
    if not text:
        raise BadValue(_("The reference is missing."))
    if SHORTENED.match(text):
        reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
        raise BadValue(reason % {"text": text[:40]})
    return within(text, "reference", LONGEST_REFERENCE)


def _news(lines: Lines[PurchaseRow]) -> tuple[list[tuple[int, uuid.UUID, PurchaseRow]], list[Result]]:
    """Return what is still to be recorded, each reference once, and what becomes of the other lines.

    The file has been looked at: what does not fit now has been told otherwise meanwhile, and that stands.
    """
    known = _known(lines)
    news: list[tuple[int, uuid.UUID, PurchaseRow]] = []
    results: list[Result] = []
    for line, row in lines:
        try:
            customer = known.customer_of(row)
            if not known.misses(row, customer):
                results.append(Result(line, Became.SKIPPED))
                continue
        except BadValue as refusal:
            results.append(Result(line, Became.REFUSED, reason=str(refusal)))
            continue
        known.purchases[row.reference] = (customer, row.amount)
        news.append((line, customer, row))
    return news, results


def _known(lines: Lines[PurchaseRow]) -> Known:
    """Return what is stored of a portion's customers and purchases; three queries."""
    recorded = asked(RECORDED, {row.reference for _line, row in lines})
    return Known(whose(row for _line, row in lines), {one: (who, paid) for one, who, paid in recorded})
