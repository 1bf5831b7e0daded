"""Django's registration of this room."""

from django.apps import AppConfig


class CockpitConfig(AppConfig):
    """Pages that lean on every document."""

    name = "cockpit"
