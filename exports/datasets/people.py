"""Customers as files."""

from typing import Any

from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.selectors import customers_for_list
from customers.views import CustomerList
from exports.datasets.fields import Dataset, Moment, code, day, moment, number, text
from ledger.models import Account
from ledger.units import Bucket, Unit


def _customers(_moment: Moment) -> QuerySet[Any]:
    return customers_for_list()


def _points(_moment: Moment) -> Any:
    held = Account.objects.filter(customer=OuterRef("pk"), bucket=Bucket.HELD, unit=Unit.POINT).values("balance")[:1]
    return Coalesce(Subquery(held, output_field=BigIntegerField()), Value(0), output_field=BigIntegerField())


CUSTOMERS = Dataset(
    name="customers",
    title=_("Customers"),
    icon="users",
    list_name="customers:list",
    page=CustomerList,
    rows=_customers,
    fields=(
        code("id", _("Customer id"), _("Never changes.")),
        text("first_name", _("First name")),
        text("last_name", _("Surname")),
        text("email", _("E-mail")),
        code("phone", _("Phone")),
        code("card_number", _("Card number")),
        day("birthday", _("Birthday")),
        text("street", _("Street")),
        text("house_number", _("House number")),
        text("building_number", _("Building number")),
        code("postal_code", _("Postal code")),
        text("city", _("City")),
        text("province", _("Province")),
        code("country", _("Country"), _("Two letters (ISO 3166).")),
        number("points_held", _("Points held"), _("Those that are not active yet among them."), _points),
        moment("created_at", _("Customer since")),
    ),
    shown={
        "customer": ("first_name", "last_name"),
        "town": ("postal_code", "city", "country"),
        "since": ("created_at",),
    },
)
