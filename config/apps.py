"""Django's registration of this room."""

import importlib

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, addresses, beat, demo data and the servers that `make run` starts."""

    name = "config"

    def ready(self) -> None:
        """Make our Celery application the one that every process rings its bells with."""
        importlib.import_module("config.celery")
