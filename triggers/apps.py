"""Django's registration of this room."""

from django.apps import AppConfig


class TriggersConfig(AppConfig):
    """What is given by itself because of something that a member did."""

    name = "triggers"
