"""Django's registration of this room."""

from django.apps import AppConfig


class LoyaltyConfig(AppConfig):
    """Points that customers earn, and the rewards that they redeem for them."""

    name = "loyalty"
