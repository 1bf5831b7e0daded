"""Where an export's run stands, and how often an export runs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportState(models.TextChoices):
    """From the wish to the file at its place."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DELIVERING = "delivering", _("Delivering")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


# A definition has at most one run in these; its page looks again by itself.
OPEN = (ExportState.QUEUED, ExportState.RUNNING, ExportState.DELIVERING)
AGAIN = (ExportState.FAILED, ExportState.CANCELLED)

TONES = {
    ExportState.QUEUED: ("mute", "clock"),
    ExportState.RUNNING: ("info", "loader"),
    ExportState.DELIVERING: ("info", "send"),
    ExportState.DONE: ("ok", "circle-check"),
    ExportState.FAILED: ("bad", "circle-x"),
    ExportState.CANCELLED: ("mute", "ban"),
}


class Schedule(models.TextChoices):
    """How often a definition runs by itself."""

    NEVER = "never", _("By hand")
    ONCE = "once", _("Once")
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every day")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class Cause(models.TextChoices):
    """Who wanted a run."""

    HAND = "hand", _("By hand")
    SCHEDULE = "schedule", _("By its schedule")
    COMMAND = "command", _("By a command")
