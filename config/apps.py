"""Django's registration of this room."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Settings, addresses, beat, demo data and the servers that `make run` starts."""

    name = "config"
