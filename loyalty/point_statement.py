"""A customer's statement as a page: what could be spent at the end of a day, and the lines up to then."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Customer
from ledger.selectors import balance_as_of
from ledger.units import Unit
from loyalty.point_tables import signed
from loyalty.point_words import page_of, words_of
from loyalty.points import summary
from loyalty.statement import LAST_ID, Cursor, StatementLine, statement
from tenancy.actors import Actor
from tenancy.days import start_of_day
from tenancy.selectors import actor_names

PAGE = 50


class Line(NamedTuple):
    """One line as it is drawn."""

    line: StatementLine
    words: Any
    points: str
    url: str
    actor: str


def statement_context(customer: Customer, *, slug: str, day: date | None, before: str, now: datetime) -> dict[str, Any]:
    """Return what the page of a statement draws; ``day`` None is now, ``before`` the cursor of an earlier page."""
    page_url = reverse("loyalty:statement", args=[slug, customer.id])
    cursor = _cursor(before)
    at = min(start_of_day(day + timedelta(days=1), timezone.get_current_timezone()), now) if day else now
    held = balance_as_of(customer_id=customer.id, unit=Unit.POINT, at=at) if at < now else None
    if cursor is None and held is not None:
        cursor = Cursor(at, LAST_ID, held.usable + held.pending, is_end=True)
    found = statement(customer_id=customer.id, before=cursor, limit=PAGE + 1, at=now)
    name = customer.known_as
    return {
        "title": _("Statement of %(customer)s") % {"customer": name},
        "crumbs": [
            (_("Customers"), reverse("customers:list", args=[slug])),
            (name, f"{reverse('cockpit:customer', args=[slug, customer.id])}?tab=points"),
            (_("Statement"), ""),
        ],
        "customer": customer,
        "day": day if at < now else None,
        "held": held or balance_now(customer.id, now),
        "lines": lines(found[:PAGE], slug=slug),
        "older_url": f"{page_url}?before={found[PAGE - 1].cursor.token}" if len(found) > PAGE else "",
        "first_url": page_url if before else "",
    }


def balance_now(customer_id: uuid.UUID, now: datetime) -> Any:
    """Return what can be spent now, and what is pending."""
    found = summary(customer_id=customer_id, at=now)
    return {"usable": found.active, "pending": found.pending}


def lines(found: list[StatementLine], *, slug: str) -> list[Line]:
    """Return lines of a statement in words, with the way to their documents."""
    names = actor_names({line.actor for line in found})
    return [
        Line(
            line,
            words_of(line.event),
            signed(line.points),
            page_of(line.source_type, line.source_id, slug=slug),
            names.get(line.actor) or kind_of(line.actor),
        )
        for line in found
    ]


def kind_of(actor: str) -> str:
    """Return words for who is no colleague: the customer, a key, the system."""
    kinds = {"customer": _("Customer"), "system": _("System"), "api_key": _("API key"), "user": _("Staff")}
    return kinds.get(Actor.parse(actor).kind, "")


def _cursor(text: str) -> Cursor | None:
    """Return where the page before ended; None for an address that says nothing, or nonsense."""
    try:
        return Cursor.parse(text) if text else None
    except ValueError:
        return None
