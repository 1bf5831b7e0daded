"""Bring a file of members in from the command line."""

from cockpit import members
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_members --merchant SLUG FILE: the plain CSV; .gz too, - for standard input."""

    help = "Import members (CSV with card_number, email, phone, names, birthday, address; .gz too; - reads standard input)."
    importer = members
