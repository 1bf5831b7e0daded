"""Django's registration of this room."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """People known to a merchant."""

    name = "customers"
