"""What a member of a merchant's staff may do; each role may do all that the roles before it may."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.IntegerChoices):
    """Roles in rising order, so that `role >= Role.ADMIN` reads as it means."""

    VIEWER = 10, _("Viewer")
    AGENT = 20, _("Agent")
    ADMIN = 30, _("Admin")
    OWNER = 40, _("Owner")
