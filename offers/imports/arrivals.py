"""New responses in a file: whose they are, of which offer, whether its limits allow them."""

import uuid
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from codes.models import Code
from codes.states import CodeState
from customers.models import Customer
from offers.errors import Refused, ResponseLimitReached, SoldOut
from offers.imports.columns import ResponseRow
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.services.importing import Arrival, arrival_of
from offers.states import CodeSource, Status
from tenancy.actors import Actor
from tenancy.imports.values import BadValue

Pair = tuple[uuid.UUID, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored for a portion: offers by name and id, customers, responses by key, what members have taken."""

    offers: dict[str, list[Offer]]
    cards: dict[str, Customer]
    emails: dict[str, Customer]
    keys: dict[str, Pair]
    own: dict[Pair, int]

    def offer_of(self, row: ResponseRow) -> Offer:
        """Return the offer that a row names; raise BadValue for an unknown one, and where several have the name."""
        found = self.offers.get(row.offer, [])
        if not found:
            raise BadValue(_("There is no offer “%(text)s”.") % {"text": row.offer[:60]})
        if len(found) > 1:
            raise BadValue(_("Several offers are called “%(text)s”. Use the offer's id.") % {"text": row.offer[:60]})
        return found[0]

    def customer_of(self, row: ResponseRow) -> Customer:
        """Return whose response it is; raise BadValue for somebody unknown, and where card and address differ."""
        by_card, by_email = self.cards.get(row.card_number), self.emails.get(row.email)
        if row.card_number and by_card is None:
            raise BadValue(_("No customer has the card number “%(text)s”.") % {"text": row.card_number[:40]})
        if row.email and by_email is None:
            raise BadValue(_("No customer has the e-mail address of this row."))
        if by_card and by_email and by_card.id != by_email.id:
            raise BadValue(_("The card number is one customer's, the e-mail address another's."))
        found = by_card or by_email
        if found is None:
            raise BadValue(_("The row has neither a card number nor an e-mail address."))
        return found


class Arrivals:
    """Judges the new responses of one file, portion by portion; what it has let in counts against the limits."""

    def __init__(self, *, actor: Actor, zone: tzinfo, reason: str) -> None:
        self.actor, self.zone, self.reason = actor, zone, reason
        # Fingerprints of the names seen so far, with what they stand for: some bytes a row.
        self.seen: dict[int, int] = {}
        # How many of each limited offer and member this file takes; what is left of limits and pools.
        self.let_in: Counter[uuid.UUID] = Counter()
        self.let_in_for: Counter[Pair] = Counter()
        self.free: dict[uuid.UUID, int] = {}
        self.stock: dict[uuid.UUID, int] = {}

    def judge(self, row: ResponseRow, known: Known) -> Arrival | None:
        """Return what would be written, None where it stands already or further up; raise BadValue."""
        offer, customer = known.offer_of(row), known.customer_of(row)
        key = _key_of(row, offer, customer)
        if self._is_known(row, key, (offer.id, customer.id), known):
            return None
        found = self.arrival(row, offer, customer, key)
        try:
            self._check_limits(offer, customer, known)
        except Refused as refusal:
            raise BadValue(refusal.sentence) from refusal
        return found

    def arrival(self, row: ResponseRow, offer: Offer, customer: Customer, key: str) -> Arrival:
        """Return a row as of its own time; raise BadValue where the offer was not to be had or used then."""
        status, issued_at = row.status or Status.PENDING, row.issued_at
        if issued_at is None:
            raise BadValue(_("The column “issued_at” is empty."))
        try:
            return arrival_of(
                offer=offer,
                customer=customer,
                op_key=key,
                issued_at=issued_at,
                expires_at=row.expires_at,
                status=status,
                ended_at=row.completed_at if status == Status.COMPLETED else row.expires_at,
                reference=row.reference,
                reason=row.reason or self.reason,
                actor=self.actor,
                zone=self.zone,
            )
        except Refused as refusal:
            raise BadValue(refusal.sentence) from refusal

    def to_write(self, row: ResponseRow, known: Known) -> Arrival:
        """Return a row that was judged before, to be written; raise BadValue where it does not fit any more."""
        offer, customer = known.offer_of(row), known.customer_of(row)
        return self.arrival(row, offer, customer, _key_of(row, offer, customer))

    def _is_known(self, row: ResponseRow, key: str, pair: Pair, known: Known) -> bool:
        stands = known.keys.get(key)
        if stands is not None and stands != pair:
            reason = _("The key “%(text)s” was brought in before, with another offer or member.")
            raise BadValue(reason % {"text": row.key})
        mark, contents = hash(key), hash((pair, row.status, row.issued_at))
        if mark not in self.seen:
            self.seen[mark] = contents
            return stands is not None
        if self.seen[mark] != contents:
            raise BadValue(_("The same response stands further up, with other contents."))
        return True

    def _check_limits(self, offer: Offer, customer: Customer, known: Known) -> None:
        pair = (offer.id, customer.id)
        if offer.member_limit is not None:
            if known.own.get(pair, 0) + self.let_in_for[pair] >= offer.member_limit:
                raise ResponseLimitReached
            self.let_in_for[pair] += 1
        if offer.total_limit is not None and self._stock_of(offer) + self.let_in[offer.id] >= offer.total_limit:
            raise SoldOut
        if offer.code_source == CodeSource.POOL and offer.pool_id is not None:
            if self._free_of(offer.pool_id) < 1:
                raise SoldOut
            self.free[offer.pool_id] -= 1
        self.let_in[offer.id] += 1

    def _stock_of(self, offer: Offer) -> int:
        if offer.id not in self.stock:
            self.stock[offer.id] = OfferStock.objects.filter(offer=offer).values_list("taken", flat=True).first() or 0
        return self.stock[offer.id]

    def _free_of(self, pool_id: uuid.UUID) -> int:
        if pool_id not in self.free:
            self.free[pool_id] = Code.objects.filter(pool_id=pool_id, state=CodeState.FREE).count()
        return self.free[pool_id]


def known_of(rows: Sequence[ResponseRow]) -> Known:
    """Return what is stored for new responses; five queries, each left out where nothing asks for it."""
    cards, emails = ({getattr(row, name) for row in rows} - {""} for name in ("card_number", "email"))
    people: Any = Customer.objects.filter(erased_at=None)
    found = Known(
        offers=_offers({row.offer for row in rows} - {""}),
        cards={one.card_number: one for one in people.filter(card_number__in=cards)} if cards else {},
        emails={one.email_norm: one for one in people.filter(email_norm__in=emails)} if emails else {},
        keys={},
        own={},
    )
    pairs: dict[str, tuple[Offer, Customer]] = {}
    for row in rows:
        with suppress(BadValue):
            offer, customer = found.offer_of(row), found.customer_of(row)
            pairs[_key_of(row, offer, customer)] = (offer, customer)
    return replace(found, keys=_keys(list(pairs)), own=_own(list(pairs.values())))


def _offers(asked: set[str]) -> dict[str, list[Offer]]:
    """Return offers by name and by id; one that is out goes before others of its name."""
    if not asked:
        return {}
    ids = [one for text in asked if (one := _as_id(text)) is not None]
    found: dict[str, list[Offer]] = {}
    for offer in Offer.objects.filter(Q(name__in=asked) | Q(id__in=ids)):
        found[str(offer.id)] = [offer]
        found.setdefault(offer.name, []).append(offer)
    return {
        name: [one for one in offers if one.published_at and not one.archived_at] or offers
        for name, offers in found.items()
    }


def _keys(keys: list[str]) -> dict[str, Pair]:
    if not keys:
        return {}
    rows = OfferResponse.objects.filter(op_key__in=keys).values_list("op_key", "offer_id", "customer_id")
    return {key: (offer_id, customer_id) for key, offer_id, customer_id in rows}


def _own(pairs: list[tuple[Offer, Customer]]) -> dict[Pair, int]:
    limited = {offer.id for offer, _customer in pairs if offer.member_limit is not None}
    if not limited:
        return {}
    people = {customer.id for _offer, customer in pairs}
    rows = OfferTaken.objects.filter(offer_id__in=limited, customer_id__in=people)
    return {(offer, customer): taken for offer, customer, taken in rows.values_list("offer_id", "customer_id", "taken")}


def _key_of(row: ResponseRow, offer: Offer, customer: Customer) -> str:
    """Return the name under which a row is brought in once: its key, else offer, member and time of issue."""
    if row.key:
        return f"import:{row.key}"
    issued = row.issued_at.astimezone(UTC).replace(tzinfo=None).isoformat() if row.issued_at else ""
    return f"import:{offer.id}:{customer.id}:{issued}"


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
