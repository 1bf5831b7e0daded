"""The list of customers."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from ui import cells, locale
from ui.addresses import row_address
from ui.tables import Column, Table


class CustomerTable(Table):
    """One customer a row; the name leads to the customer's page."""

    customer = Column(_("Customer"), empty_values=(), phone="lead")
    email = Column(_("E-mail"))
    phone = Column(_("Phone"))
    town = Column(_("Town"), empty_values=())
    card_number = Column(_("Card number"))
    since = Column(_("Customer since"), accessor="created_at")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def row_label(self, record: Customer) -> str:
        """Return the customer's name."""
        return record.name

    def render_customer(self, record: Customer) -> str:
        """The name, as the way to the customer's page."""
        return cells.person(record.name, "", row_address("cockpit:customer", self.merchant_slug, record.id))

    def render_town(self, record: Customer) -> str:
        """Town and country."""
        country = locale.country(record.country) if record.country else ""
        return cells.text(", ".join(filter(None, (record.city, country))))

    def render_card_number(self, value: str) -> str:
        """The card's number, ready to copy."""
        return cells.code(value)
