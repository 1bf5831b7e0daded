"""Bring a file of offer responses in from the command line."""

from offers.imports import responses
from tenancy.imports.command import ImportCommand


class Command(ImportCommand):
    """import_responses --merchant SLUG FILE: the plain CSV; .gz too, - for standard input."""

    help = (
        "Import offer responses (CSV; new ones: offer, card_number or email, issued_at, expires_at; "
        "existing ones: id, status, version; .gz too; - reads standard input)."
    )
    importer = responses
