"""The ledger's entries as files."""

from typing import Any

from django.conf import settings
from django.db.models import BigIntegerField, Case, F, OuterRef, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from exports.datasets.fields import Dataset, Moment, choice, code, moment, number, text
from ledger.models import Entry, Movement
from ledger.units import Bucket, Unit


def _entries(_moment: Moment) -> QuerySet[Any]:
    found: QuerySet[Any] = Entry.objects.all()
    return found


def _changed(unit: Unit) -> Any:
    """Return by how much the customer's holding of a unit changed, as the list of entries says it."""

    def change(_moment: Moment) -> Any:
        amount = Case(
            When(target__bucket=Bucket.HELD, source__bucket=Bucket.HELD, then=Value(0)),
            When(target__bucket=Bucket.HELD, then=F("amount")),
            When(source__bucket=Bucket.HELD, then=-F("amount")),
            default=Value(0),
            output_field=BigIntegerField(),
        )
        moved = Movement.objects.filter(entry=OuterRef("pk"), unit=unit).order_by().values("entry")
        total = Subquery(moved.annotate(n=Sum(amount)).values("n"), output_field=BigIntegerField())
        return Coalesce(total, Value(0), output_field=BigIntegerField())

    return change


def _after(_moment: Moment) -> Any:
    last = Movement.objects.filter(entry=OuterRef("pk"), unit=Unit.POINT).order_by("-position").values("held_after")
    return Subquery(last[:1], output_field=BigIntegerField())


def entries() -> Dataset:
    """Return the dataset of entries; the list and the words for events belong to a neighbour, config knows them."""
    return Dataset(
        name="ledger_entries",
        title=_("Ledger entries"),
        icon="book-open",
        list_name="cockpit:ledger",
        page=import_string(import_string(settings.EXPORT_LISTS)["ledger_entries"]),
        rows=_entries,
        fields=(
            code("id", _("Entry"), _("The entry's id; entries never change.")),
            choice("event", _("Event"), import_string(settings.EXPORT_EVENTS)()),
            moment("occurred_at", _("Occurred")),
            moment("recorded_at", _("Recorded"), _("When it was written; later than it occurred for imports.")),
            code("customer_id", _("Customer id"), _("The same as in the export of customers.")),
            text("customer_first_name", _("First name"), "", "customer__first_name"),
            text("customer_last_name", _("Surname"), "", "customer__last_name"),
            text("customer_email", _("E-mail"), "", "customer__email"),
            number(
                "points", _("Points"), _("How many more the customer holds; fewer with a minus."), _changed(Unit.POINT)
            ),
            number("points_after", _("Points afterwards"), _("Empty where no points moved."), _after),
            number("vouchers", _("Vouchers"), _("How many more the customer holds."), _changed(Unit.VOUCHER)),
            code("origin", _("Document"), _("The kind of document that it is about.")),
            code("origin_id", _("Document id")),
            code("subject_id", _("Campaign id"), _("The promotion, reward or offer.")),
            code("actor", _("By"), _("Who did it, by id.")),
            text("note", _("Note")),
            code("reverses_id", _("Takes back"), _("The entry that this one reverses.")),
        ),
        shown={
            "occurred": ("occurred_at",),
            "customer": ("customer_first_name", "customer_last_name", "customer_email"),
            "change": ("points", "vouchers"),
            "entry": ("id",),
        },
    )
