"""The room as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Registers the template tags and nothing else: this room has no models."""

    name = "ui"
    verbose_name = "User interface"
