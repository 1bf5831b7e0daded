"""Members in a file: read, compared with the customers that are known, added or completed."""

import re
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Customer, CustomerToken
from customers.normalise import email_norm, phone_norm
from customers.services import search_words
from tenancy.ids import new_id
from tenancy.imports.contract import Became, Result, SampleRow
from tenancy.imports.naming import Field
from tenancy.imports.records import Lines, News, Records
from tenancy.imports.refusals import Refusals
from tenancy.imports.table import Columns, Row
from tenancy.imports.values import SHORTENED, BadValue, country, within

COLUMNS = ("card_number", "email", "phone", "first_name", "last_name", "birthday", *Customer.ADDRESS)
MEMBER_COLUMNS = Columns(known=COLUMNS, one_of=("card_number", "email", "phone"))
FIELDS = (
    Field(
        "card_number",
        gettext_lazy("Card number"),
        (
            "card",
            "card no",
            "member number",
            "member no",
            "membership number",
            "loyalty card",
            "kartennummer",
            "kundennummer",
            "mitgliedsnummer",
        ),
    ),
    Field("email", gettext_lazy("E-mail"), ("e-mail address", "mail", "email address", "e-mail-adresse")),
    Field(
        "phone",
        gettext_lazy("Phone"),
        ("phone number", "mobile", "mobile number", "telephone", "tel", "telefon", "handy", "telefonnummer"),
    ),
    Field("first_name", gettext_lazy("First name"), ("given name", "forename", "vorname")),
    Field("last_name", gettext_lazy("Surname"), ("last name", "family name", "name", "nachname", "familienname")),
    Field("birthday", gettext_lazy("Birthday"), ("date of birth", "birth date", "dob", "geburtstag", "geburtsdatum")),
    Field("street", gettext_lazy("Street"), ("address", "street address", "address line 1", "straße", "strasse")),
    Field("house_number", gettext_lazy("House number"), ("house no", "hausnummer")),
    Field("building_number", gettext_lazy("Building number"), ("building", "apartment", "unit")),
    Field("postal_code", gettext_lazy("Postal code"), ("zip", "zip code", "postcode", "plz", "postleitzahl")),
    Field("city", gettext_lazy("City"), ("town", "ort", "stadt", "wohnort")),
    Field("province", gettext_lazy("Province"), ("state", "region", "county", "bundesland")),
    Field("country", gettext_lazy("Country"), ("country code", "land")),
)
KEPT = ("id", *COLUMNS, "email_norm", "phone_norm")
# What documents copy of a customer.
NAMES = {"first_name", "last_name", "email", "phone"}
LONGEST = {field.name: field.max_length or 0 for field in Customer._meta.fields}
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
OLDEST = 1900
Renamed = Callable[[Sequence[uuid.UUID]], None]
Enrolled = Callable[..., object]


class Member(NamedTuple):
    """One row: what it says, cells that are empty left out."""

    values: dict[str, Any]

    @property
    def card(self) -> str:
        """Return the card number, "" where there is none."""
        return str(self.values.get("card_number", ""))

    @property
    def email(self) -> str:
        """Return the address as addresses are compared."""
        return email_norm(self.values.get("email", ""))

    @property
    def phone(self) -> str:
        """Return the phone number as it is compared, of a member who has nothing else; it need not be one person's."""
        return "" if self.card or self.email else phone_norm(self.values.get("phone", ""))

    def changes(self, customer: Customer) -> list[str]:
        """Return the columns in which this row differs from the customer; what it does not say stays."""
        return [name for name, value in self.values.items() if getattr(customer, name) != value]


@dataclass(frozen=True, slots=True)
class Known:
    """The customers of a portion's members."""

    cards: dict[str, Customer]
    emails: dict[str, Customer]
    phones: dict[str, list[Customer]]

    def customer_of(self, member: Member) -> Customer | None:
        """Return the customer that a member is, None for a new one; raise BadValue where it could be two."""
        by_card, by_email = self.cards.get(member.card), self.emails.get(member.email)
        if by_card and by_email and by_card.id != by_email.id:
            raise BadValue(_("The card number is one customer's, the e-mail address another's."))
        by_phone = self.phones.get(member.phone, [])
        if len(by_phone) > 1:
            raise BadValue(_("Several customers have this phone number. Add a card number or an e-mail address."))
        return by_card or by_email or next(iter(by_phone), None)


class Members(Records[Member]):
    """The members of a file.

    In the transaction of the change `renamed` is told whose name or address changed, `enrolled` who is new.
    """

    name = gettext_lazy("Members")
    columns = MEMBER_COLUMNS

    def __init__(
        self, *, merchant_id: uuid.UUID, now: datetime, renamed: Renamed | None = None, enrolled: Enrolled | None = None
    ) -> None:
        super().__init__(merchant_id=merchant_id, now=now)
        self.renamed, self.enrolled = renamed, enrolled
        # Where in the file each card number, address and phone number stands, and who was found by one of them.
        self.seen: dict[Any, int] = {}

    def read(self, row: Row, line: int) -> Member:
        """Return a row's member."""
        given = {name: _value(name, text, self.now) for name, text in row.items() if text}
        if not any(given.get(name) for name in ("card_number", "email", "phone")):
            raise BadValue(_("The row has no card number, no e-mail address and no phone number."))
        return Member(given)

    def look(self, lines: Lines[Member], refusals: Refusals) -> list[News[Member]]:
        """Say which members are new, and which would change."""
        known, news = known_of(member for _line, member in lines), list[News[Member]]()
        for line, member in lines:
            with refusals.of(line):
                customer = known.customer_of(member)
                self._check_once(member, customer, line)
                changes = list(member.values) if customer is None else member.changes(customer)
                if changes:
                    news.append(News("added" if customer is None else "changed", line, member, changes))
        return news

    def show(self, news: News[Member]) -> SampleRow:
        """Return a member by card number or line, with the columns that would be filled; no contact details."""
        title = news.record.card or _("Line %(line)s") % {"line": news.line}
        return SampleRow(news.action, title, {str(_("Columns")): ", ".join(news.changes)})

    def store(self, lines: Lines[Member]) -> list[Result]:
        """Add who is new and complete who is known; whoever came in meanwhile by another door is completed too."""
        members = [member for _line, member in lines]
        known = known_of(members)
        added = _add([member for member in members if _found(known, member) is None], now=self.now)
        if self.enrolled is not None and added:
            self.enrolled(customer_ids=list(added.values()))
        old = [member for member in members if id(member) not in added]
        changed = self._complete(old)
        mark = mark_of_this()
        found = {key: (Became.ADDED, one) for key, one in added.items()}
        found |= {key: (Became.CHANGED, one) for key, one in changed.items()}
        return [
            Result(line, became, document, mark)
            for line, member in lines
            for became, document in [found.get(id(member), (Became.SKIPPED, None))]
        ]

    def _check_once(self, member: Member, customer: Customer | None, line: int) -> None:
        keys = [("card", member.card), ("email", member.email), ("phone", member.phone)]
        marks = [pair for pair in keys if pair[1]] + ([customer.id] if customer else [])
        for mark in marks:
            first = self.seen.setdefault(mark, line)
            if first != line:
                raise BadValue(_("This is the same member as in line %(line)s.") % {"line": first})

    def _complete(self, members: Sequence[Member]) -> dict[int, uuid.UUID]:
        """Write what is new about known members; return whom that changed, by the members' own identity."""
        known = known_of(members, lock=True)
        pairs = [(member, customer) for member in members if (customer := _found(known, member))]
        found = [(member, customer, fields) for member, customer in pairs if (fields := _take_over(member, customer))]
        changed = [(customer, fields) for _member, customer, fields in found]
        if changed:
            rows = [customer for customer, _fields in changed]
            Customer.objects.bulk_update(rows, KEPT[1:], batch_size=500)
            _write_words(rows, anew=True)
        others = [customer.id for customer, fields in changed if NAMES & set(fields)]
        if self.renamed is not None and others:
            self.renamed(others)
        return {id(member): customer.id for member, customer, _fields in found}


def known_of(members: Iterable[Member], *, lock: bool = False) -> Known:
    """Return the customers whom these members may be, in the order of their ids where they are locked."""
    members = list(members)
    rows: Any = Customer.objects.filter(erased_at__isnull=True).only("merchant", *KEPT).order_by("id")
    rows = rows.select_for_update(no_key=True) if lock else rows
    wanted = {name: {getattr(one, name) for one in members} - {""} for name in ("card", "email", "phone")}
    cards = {one.card_number: one for one in rows.filter(card_number__in=wanted["card"])} if wanted["card"] else {}
    emails = {one.email_norm: one for one in rows.filter(email_norm__in=wanted["email"])} if wanted["email"] else {}
    phones: dict[str, list[Customer]] = {}
    for one in rows.filter(phone_norm__in=wanted["phone"]) if wanted["phone"] else ():
        phones.setdefault(one.phone_norm, []).append(one)
    return Known(cards, emails, phones)


def _found(known: Known, member: Member) -> Customer | None:
    """Return who a member is; the file has been looked at, so that whoever is two by now is left alone as the first."""
    try:
        return known.customer_of(member)
    except BadValue:
        return known.cards.get(member.card) or known.emails.get(member.email)


def _take_over(member: Member, customer: Customer) -> list[str]:
    fields = member.changes(customer)
    for name in fields:
        setattr(customer, name, member.values[name])
    customer.email_norm, customer.phone_norm = email_norm(customer.email), phone_norm(customer.phone)
    return fields


def blank(*, customers: Sequence[Customer], now: datetime) -> None:
    """Forget members whom nothing refers to: who they are, and the words under which they are found; locked rows.

    Their rows stay, erased at ``now`` (UTC): the journal names them.
    """
    ids = [customer.id for customer in customers]
    empty: dict[str, Any] = dict.fromkeys((*COLUMNS, "email_norm", "phone_norm"), "")
    Customer.objects.filter(id__in=ids).update(**empty | {"birthday": None, "erased_at": now})
    CustomerToken.objects.filter(row_id__in=ids).delete()


def mark_of_this() -> int:
    """Return the number of this transaction, which stands on every customer that it writes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def _add(members: Sequence[Member], *, now: datetime) -> dict[int, uuid.UUID]:
    """Insert members; return the ids of those that are new indeed, by the members' own identity."""
    rows = [Customer.made_with(id=new_id(), created_at=now, **member.values) for member in members]
    for row in rows:
        row.email_norm, row.phone_norm = email_norm(row.email), phone_norm(row.phone)
    Customer.objects.bulk_create(rows, ignore_conflicts=True)
    there = set(Customer.objects.filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    _write_words([row for row in rows if row.id in there], anew=False)
    return {id(member): row.id for member, row in zip(members, rows, strict=True) if row.id in there}


def _write_words(customers: Sequence[Customer], *, anew: bool) -> None:
    """Write the words under which these customers are found; `anew` takes their old ones away first."""
    if anew:
        CustomerToken.objects.filter(row_id__in=[customer.id for customer in customers]).delete()
    CustomerToken.objects.bulk_create(
        CustomerToken.made_with(row_id=customer.id, token=word)
        for customer in customers
        for word in sorted(search_words(customer))
    )


def _value(name: str, text: str, now: datetime) -> Any:
    """Return a cell's value; raise BadValue."""
    if name == "birthday":
        return _birthday(text, now)
    if name == "country":
        if not (found := country(text)):
            raise BadValue(_("“%(text)s” is no country that we know.") % {"text": text[:40]})
        return found
    if name in ("card_number", "phone") and SHORTENED.match(text):
        reason = _("“%(text)s” was shortened by a spreadsheet. Use the file as it was downloaded.")
        raise BadValue(reason % {"text": text[:40]})
    if name == "phone" and not phone_norm(text):
        raise BadValue(_("“%(text)s” is no phone number.") % {"text": text[:40]})
    if name == "email":
        _check_email(text)
    return within(text, name, LONGEST[name])


def _check_email(text: str) -> None:
    try:
        validate_email(text)
    except ValidationError as error:
        raise BadValue(_("“%(text)s” is no e-mail address.") % {"text": text[:40]}) from error


def _birthday(text: str, now: datetime) -> date:
    try:
        found = date.fromisoformat(text) if DAY.match(text) else None
    except ValueError:
        found = None
    if found is None or found.year < OLDEST or found > timezone.localdate(now):
        raise BadValue(_("“%(text)s” in birthday is no such day; write it as 1990-12-31.") % {"text": text[:40]})
    return found
