"""What the ledger's entries are sorted by. They are never changed and have no index for it: the entries are sorted."""

from typing import Any

from django.db.models import BigIntegerField, Case, F, Func, OuterRef, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Right

from cockpit.timeline import KINDS, LABELS
from customers.naming import called
from ledger.models import Account, Movement
from ledger.units import Unit
from tenancy.lists.names import doer
from ui.sorting import Made, begin_of, worded

# Points before vouchers: no entry moves as many vouchers as this.
POINT_WEIGHS = 1_000_000
SHOWN_OF_ID = 12


def change() -> Coalesce:
    """Return by how much the customer's holding changed: by points, and where these are the same by vouchers."""
    ours = Account.objects.filter(customer=None).values("id")
    given = Case(When(source_id__in=ours, then=F("amount")), default=Value(0), output_field=BigIntegerField())
    taken = Case(When(target_id__in=ours, then=F("amount")), default=Value(0), output_field=BigIntegerField())
    weight = Case(When(unit=Unit.POINT, then=Value(POINT_WEIGHS)), default=Value(1), output_field=BigIntegerField())
    # No aggregate in Django's eyes, which would group the movements of the one entry.
    total = Cast(Func((given - taken) * weight, function="SUM"), BigIntegerField())
    moved = Movement.objects.filter(entry=OuterRef("pk")).order_by().annotate(n=total).values("n")
    return Coalesce(Subquery(moved), Value(0), output_field=BigIntegerField())


def ending() -> Right:
    """Return the part of an entry's id that the list shows."""
    return Right(Cast("id", TextField()), SHOWN_OF_ID)


ENTRIES: dict[str, Any] = {
    "event": worded("event", lambda: {event: label.words for event, label in LABELS.items()}),
    "occurred": "occurred_at",
    "customer": begin_of(called("customer")),
    "change": Made(change),
    "actor": doer(words=KINDS),
    "note": begin_of("note"),
    "entry": ending(),
}
