"""Bring a file of purchases in from the command line."""

from loyalty.imports import purchases
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_purchases --merchant SLUG FILE: the plain CSV; .gz too, - for standard input."""

    help = "Import purchases (CSV with reference, card_number or email, amount, currency, occurred_at; .gz too; - reads standard input)."
    importer = purchases
