"""Django's registration of this room."""

from django.apps import AppConfig


class OffersConfig(AppConfig):
    """Offers that members claim, clip and use, and their responses."""

    name = "offers"
