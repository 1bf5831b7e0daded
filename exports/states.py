"""Where an import stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """From the upload to the last row."""

    READING = "reading", _("Reading")
    READY = "ready", _("Ready to apply")
    REFUSED = "refused", _("Refused")
    APPLYING = "applying", _("Applying")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# A page that shows one of these looks again by itself.
MOVING = (RunState.READING, RunState.APPLYING)

TONES = {
    RunState.READING: ("info", "loader"),
    RunState.READY: ("warn", "clock"),
    RunState.REFUSED: ("bad", "circle-x"),
    RunState.APPLYING: ("info", "loader"),
    RunState.DONE: ("ok", "circle-check"),
    RunState.FAILED: ("bad", "triangle-alert"),
    RunState.CANCELLED: ("mute", "ban"),
}
