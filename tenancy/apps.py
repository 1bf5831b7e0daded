"""Django's registration of this room."""

from django.apps import AppConfig


class TenancyConfig(AppConfig):
    """Merchants, staff, keys, and the walls between merchants."""

    name = "tenancy"

    def ready(self) -> None:
        """Load the system checks."""
        from tenancy import checks  # noqa: F401, PLC0415 - checks register themselves when they are loaded
