"""Django's registration of this room."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Merchants, staff, keys, and the walls between merchants."""

    name = "tenancy"

    def ready(self) -> None:
        """Load the system checks and the receivers of django-allauth's signals."""
        from tenancy import checks, receivers  # noqa: F401, PLC0415 - both register themselves when they are loaded
