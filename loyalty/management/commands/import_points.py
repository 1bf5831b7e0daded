"""Bring a file of points in from the command line."""

from loyalty.imports import points
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_points --merchant SLUG FILE: the plain CSV; .gz too, - for standard input."""

    help = (
        "Import points given or taken (CSV with reference, card_number or email, points, reason; .gz too; - reads "
        "standard input)."
    )
    importer = points
