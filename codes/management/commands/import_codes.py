"""Bring a file of codes in from the command line."""

from codes.imports import codes
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_codes --merchant SLUG FILE: the plain CSV; .gz too, - for standard input."""

    help = "Import codes (CSV with code and pool, or --set pool=NAME; .gz too; - reads standard input)."
    importer = codes
