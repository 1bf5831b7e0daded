"""Messages: what is said to whom, and what became of it."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    """The room of messages."""

    name = "messaging"
    verbose_name = _("Messages")
