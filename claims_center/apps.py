"""Django's registration of this room."""

from django.apps import AppConfig


class ClaimsCenterConfig(AppConfig):
    """Promotion claims: funnels, submissions, orders, gifts."""

    name = "claims_center"
