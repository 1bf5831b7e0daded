"""Durable work: jobs that are rows, and Celery that runs them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    """The room of jobs."""

    name = "jobs"
    verbose_name = _("Jobs")

    def ready(self) -> None:
        """Load the system checks."""
        from jobs import checks  # noqa: F401, PLC0415 - checks are registered by being imported
