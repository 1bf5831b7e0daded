"""Purchases in a file: read, compared with what is recorded, written with their points."""

import contextlib
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
from loyalty.models import LoyaltySettings, Purchase
from loyalty.models.points import LONGEST_REFERENCE
from loyalty.services.purchases import ORIGIN, happened, settings_of_merchant
from loyalty.states import PointEvent
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.imports.contract import Outcome, SampleRow
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
# One array each: thousands of placeholders take longer to write than to answer.
CARDS = "SELECT card_number, id FROM customers_customer WHERE merchant_id = %s AND card_number = ANY (%s::text[])"
EMAILS = "SELECT email_norm, id FROM customers_customer WHERE merchant_id = %s AND email_norm = ANY (%s::text[])"
RECORDED = """
SELECT reference, customer_id, amount FROM loyalty_purchase WHERE merchant_id = %s AND reference = ANY (%s::text[])
"""
# What has just happened is dated a moment earlier: the database's clock may be behind ours.
MARGIN = timedelta(minutes=1)


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
    """What is stored: customers by card and by address, and of recorded purchases whose they are and how much."""

    cards: dict[str, uuid.UUID]
    emails: dict[str, uuid.UUID]
    purchases: dict[str, tuple[uuid.UUID, Decimal]]

    def customer_of(self, row: PurchaseRow) -> uuid.UUID:
        """Return whose purchase it is; raise BadValue for somebody unknown, and where card and address differ."""
        by_card, by_email = self.cards.get(row.card_number), self.emails.get(row.email)
        if row.card_number and by_card is None:
            raise BadValue(_("No customer has the card number “%(text)s”.") % {"text": row.card_number[:40]})
        if row.email and by_email is None:
            raise BadValue(_("No customer has the e-mail address of this row."))
        if by_card and by_email and by_card != by_email:
            raise BadValue(_("The card number is one customer's, the e-mail address another's."))
        found = by_card or by_email
        if found is None:
            raise BadValue(_("The row has neither a card number nor an e-mail address."))
        return found

    def misses(self, row: PurchaseRow, customer: uuid.UUID) -> bool:
        """Say whether a purchase is not recorded; raise BadValue where it is, with other contents."""
        recorded = self.purchases.get(row.reference)
        if recorded is not None and recorded != (customer, row.amount):
            reason = _("The purchase “%(text)s” was recorded before, with another customer or amount.")
            raise BadValue(reason % {"text": row.reference})
        return recorded is None


class Purchases(Records[PurchaseRow]):
    """The purchases of a file."""

    name = gettext_lazy("Purchases")
    columns = Columns(
        known=("reference", "card_number", "email", "amount", "currency", "occurred_at"),
        needed=("reference", "amount", "occurred_at"),
        one_of=("card_number", "email"),
    )

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
        currency = code(row.get("currency", ""), "currency", "[A-Z]{3}")
        if currency not in ("", self.currency):
            raise BadValue(_("Amounts have to be in %(currency)s.") % {"currency": self.currency})
        return PurchaseRow(
            reference=_reference(row["reference"]),
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

    def store(self, lines: Lines[PurchaseRow]) -> Outcome:
        """Write those that are new with their points; once more where a till has just told one of them."""
        try:
            with transaction.atomic():
                added = self._write(lines)
        except (LedgerConflict, IntegrityError):
            added = self._write(lines)
        return Outcome(added=added, skipped=len(lines) - added)

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

    def _write(self, lines: Lines[PurchaseRow]) -> int:
        purchases = [self._purchase(customer, row) for customer, row in _news(lines)]
        with backdated(at=self.now - MARGIN):
            posted = post_many(acts=[self._act(one) for one in purchases], actor=self.actor)
        new = [one for one, standing in zip(purchases, posted, strict=True) if not standing.replayed]
        _insert(new)
        answer(happened=[happened(purchase=one, at=self._at(one)) for one in new], now=self.now)
        return len(new)

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


def _reference(text: str) -> str:
    if not text:
        raise BadValue(_("The reference is missing."))
    if SHORTENED.match(text):
        reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
        raise BadValue(reason % {"text": text[:40]})
    return within(text, "reference", LONGEST_REFERENCE)


def _news(lines: Lines[PurchaseRow]) -> Iterator[tuple[uuid.UUID, PurchaseRow]]:
    """Yield what is still to be recorded, each reference once.

    The file has been looked at: what does not fit now has been told otherwise meanwhile, and that stands.
    """
    known = _known(lines)
    for _line, row in lines:
        with contextlib.suppress(BadValue):
            customer = known.customer_of(row)
            if known.misses(row, customer):
                known.purchases[row.reference] = (customer, row.amount)
                yield customer, row


def _known(lines: Lines[PurchaseRow]) -> Known:
    """Return what is stored of a portion's customers and purchases; three queries."""
    cards = {row.card_number for _line, row in lines} - {""}
    emails = {row.email for _line, row in lines} - {""}
    return Known(
        dict(_asked(CARDS, cards)),
        dict(_asked(EMAILS, emails)),
        {one: (who, paid) for one, who, paid in _asked(RECORDED, {row.reference for _line, row in lines})},
    )


def _asked(question: str, wanted: set[str]) -> list[Any]:
    """Return the rows that a question finds; nothing is asked for nothing."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(question, [current_merchant_id(), list(wanted)])
        return list(cursor.fetchall())
