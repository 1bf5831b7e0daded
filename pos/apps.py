"""Django's registration of this room."""

from django.apps import AppConfig


class PosConfig(AppConfig):
    """Tills and shop systems."""

    name = "pos"
