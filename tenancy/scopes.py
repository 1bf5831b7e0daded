"""What a key may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyScope(models.TextChoices):
    """Scopes of API keys; a call names the one that it needs."""

    READ = "read", _("Read: members, purchases, responses, rewards, points")
    WRITE = "write", _("Write: enrol, record purchases and returns, claim, clip, reserve, redeem")
    FULFIL = "fulfil", _("Fulfil: set processing, shipping and canceled")
    REVERSE = "reverse", _("Reverse: take back a redemption")
