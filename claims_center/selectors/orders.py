"""The order history as lists and exports read it."""

from django.db.models import QuerySet

from claims_center.matching import number_of, numbers_of
from claims_center.models import Order


def orders_for_list() -> QuerySet[Order]:
    """Return all orders of the merchant; the list orders and pages."""
    found: QuerySet[Order] = Order.objects.all()
    return found


def orders_named(rows: QuerySet[Order], typed: str) -> QuerySet[Order]:
    """Return the orders that a number names, in any of the spellings in which customers give it."""
    numbers = numbers_of(typed) or [number_of(typed)]
    return rows.filter(number_norm__in=numbers) | rows.filter(other_norm__in=numbers) | rows.filter(last_group__in=numbers)
