"""Django's registration of this room."""

from django.apps import AppConfig


class GuideConfig(AppConfig):
    """What the product says about itself."""

    name = "guide"
