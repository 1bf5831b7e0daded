"""Responses and offers as tables."""

import uuid
from datetime import datetime, tzinfo
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from codes.normalise import masked
from offers import badges, benefits
from offers.models import Offer, OfferResponse
from offers.states import OfferType
from offers.usage import status_of, usage_of
from ui import cells
from ui.addresses import NOBODY, address
from ui.tables import Column, Table

# What the cells of a response read; the list never needs the rest of a row.
COLUMNS = (
    "merchant",
    "offer",
    "customer",
    "offer_name",
    "offer_type",
    "member_name",
    "member_email",
    "code_value",
    "status",
    "usage_from",
    "usage_to",
    "usage_weekdays",
    "usage_minute_from",
    "usage_minute_to",
    "issued_at",
    "expires_at",
    "completed_at",
    "reserved_until",
    "source",
)


def _type(value: str) -> str:
    return cells.text(OfferType(value).label)


class ResponseTable(Table):
    """One response a row, read from its own columns alone. `zone` is the merchant's."""

    row_header = "offer"

    offer = Column(_("Offer"), empty_values=(), phone="lead")
    type = Column(_("Type"), accessor="offer_type", phone="none")
    member = Column(_("Member"), empty_values=())
    code = Column(_("Certificate code"), accessor="code_value", empty_values=())
    usage = Column(_("Usage period"), empty_values=())
    status = Column(_("Processing status"), empty_values=(), phone="side")
    issued = Column(_("Issued"), accessor="issued_at")
    expires = Column(_("Expires"), accessor="expires_at", empty_values=())
    completed = Column(_("Completed"), accessor="completed_at", phone="none")
    source = Column(_("Source"), empty_values=(), phone="none")

    def __init__(
        self, *args: Any, merchant_slug: str, now: datetime, zone: tzinfo, place: str = "", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone, self.place = now, zone, f"?list={place}" if place else ""
        self.detail_page = address("offers:response", merchant_slug, NOBODY)
        self.customer_page = address("cockpit:customer", merchant_slug, NOBODY)

    def row_label(self, record: OfferResponse) -> str:
        """Return which offer it is, and whose."""
        return f"{record.offer_name} {record.member_name}"

    def render_offer(self, record: OfferResponse) -> str:
        """The offer's name, as the way to the response."""
        return cells.link(self.detail_page.replace(NOBODY, str(record.id)) + self.place, record.offer_name)

    def render_type(self, value: str) -> str:
        """What kind of offer it is."""
        return self.once(_type, value)

    def render_member(self, record: OfferResponse) -> str:
        """Who it belongs to, as the way to the customer's page."""
        url = self.customer_page.replace(NOBODY, str(record.customer_id))
        name = record.member_name or _now("No name")
        return cells.person(name, "" if name == record.member_email else record.member_email, url)

    def render_code(self, record: OfferResponse) -> str:
        """The code, masked: it is shown in full on the response's page."""
        return cells.code(masked(record.code_value), copy=False) if record.code_value else cells.dash()

    def render_usage(self, record: OfferResponse) -> str:
        """Inside, before or after its usage period."""
        state = usage_of(record, at=self.now, zone=self.zone)
        return self.once(badges.usage_between, state, record.usage_from, record.usage_to, self.now)

    def render_status(self, record: OfferResponse) -> str:
        """Where it stands now."""
        return self.once(badges.status, status_of(record, at=self.now))

    def render_expires(self, record: OfferResponse) -> str:
        """Until when it is valid."""
        return cells.when(record.expires_at) if record.expires_at else cells.text(_now("Never"))

    def render_source(self, record: OfferResponse) -> str:
        """Through which door it came."""
        return self.once(badges.source, record.source)


class OfferTable(Table):
    """One offer a row. `counts`: how many responses each of this page has; `left`: how many of the limited are taken."""

    name = Column(_("Name"), empty_values=(), phone="lead")
    type = Column(_("Type"), accessor="offer_type")
    benefit = Column(_("Benefit"), empty_values=(), phone="none")
    responses = Column(_("Responses"), empty_values=(), numeric=True)
    left = Column(_("Left"), empty_values=(), numeric=True, phone="none")
    created = Column(_("Created"), accessor="created_at", phone="none")
    state = Column(_("State"), empty_values=(), phone="side")

    def __init__(
        self,
        *args: Any,
        merchant_slug: str,
        now: datetime,
        zone: tzinfo,
        counts: dict[uuid.UUID, str],
        taken: dict[uuid.UUID, int],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.zone, self.counts, self.taken = now, zone, counts, taken
        self.page = address("offers:offer", merchant_slug, NOBODY)

    def render_name(self, record: Offer) -> str:
        """The name, as the way to the offer."""
        return cells.link(self.page.replace(NOBODY, str(record.id)), record.name)

    def render_type(self, value: str) -> str:
        """What kind of offer it is."""
        return self.once(_type, value)

    def render_benefit(self, record: Offer) -> str:
        """What members get."""
        return cells.long_text(benefits.in_words(record))

    def render_responses(self, record: Offer) -> str:
        """How many responses it has, as the way to them."""
        url = f"{self.page.replace(NOBODY, str(record.id))}?tab=responses"
        count = self.counts.get(record.id, "0")
        return cells.link(url, count, f"{count} {_now('Responses')}: {record.name}")

    def render_left(self, record: Offer) -> str:
        """How many are left of a limited one."""
        if record.total_limit is None:
            return cells.dash()
        return cells.number(max(record.total_limit - self.taken.get(record.id, 0), 0))

    def render_state(self, record: Offer) -> str:
        """Whether members see it now."""
        return badges.offer_state(record, at=self.now, zone=self.zone)
