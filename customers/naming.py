"""What a customer is called, for queries that search in it or sort by it."""

from django.db.models import TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf, Trim


def called(customer: str = "") -> Coalesce:
    """Return the same as `Customer.name`: first name and surname, or the address where neither is known.

    `customer` is the path to the customer, "" for rows of customers themselves.
    """
    before = f"{customer}__" if customer else ""
    both = Trim(Concat(f"{before}first_name", Value(" "), f"{before}last_name"))
    return Coalesce(NullIf(both, Value("")), f"{before}email", output_field=TextField())
