"""Django's registration of this room."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    """Files that come in and go out."""

    name = "exports"
