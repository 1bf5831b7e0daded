"""Django's registration of this room."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What customers hold: one journal of entries and movements, written through functions in the database."""

    name = "ledger"
