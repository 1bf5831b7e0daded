"""Reads of customers."""

from typing import Any

from django.db.models import QuerySet

from customers.models import Customer, CustomerToken
from tenancy.search import search_by_token


def customers_for_list() -> QuerySet[Customer]:
    """Return the merchant's customers, those who were erased left out."""
    found: QuerySet[Customer] = Customer.objects.filter(erased_at__isnull=True)
    return found


def search(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Narrow customers to those who have, for every word of the text, a word that begins with it."""
    return search_by_token(rows, CustomerToken, text)
