"""Bring a file of orders in from the command line."""

from claims_center.imports import orders
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_orders --merchant SLUG FILE: any marketplace's report or the plain CSV; .gz too, - for standard input."""

    help = (
        "Import orders (a report of Amazon, eBay, Etsy or Walmart, or the plain CSV; .gz too; - reads standard input)."
    )
    importer = orders
