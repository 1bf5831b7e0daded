"""Where an import stands."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """From the upload to the last row."""

    COLUMNS = "columns", _("Name the columns")
    READING = "reading", _("Reading")
    READY = "ready", _("Ready to apply")
    REFUSED = "refused", _("Refused")
    APPLYING = "applying", _("Applying")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class UndoState(models.TextChoices):
    """Whether an import was taken back, line by line."""

    NONE = "", _("Not taken back")
    RUNNING = "running", _("Being taken back")
    DONE = "done", _("Taken back")
    FAILED = "failed", _("Stopped")


class Undone(models.TextChoices):
    """What became of a line when its import was taken back; nothing yet, or it was never to be."""

    NOT = "", _("Not taken back")
    BACK = "b", _("Taken back")
    STAYS = "x", _("Stays")


# A page that shows one of these looks again by itself.
MOVING = (RunState.READING, RunState.APPLYING)

TONES = {
    RunState.COLUMNS: ("warn", "columns-3"),
    RunState.READING: ("info", "loader"),
    RunState.READY: ("warn", "clock"),
    RunState.REFUSED: ("bad", "circle-x"),
    RunState.APPLYING: ("info", "loader"),
    RunState.DONE: ("ok", "circle-check"),
    RunState.FAILED: ("bad", "triangle-alert"),
    RunState.CANCELLED: ("mute", "ban"),
}
UNDO_TONES = {
    UndoState.RUNNING: ("info", "loader"),
    UndoState.DONE: ("mute", "undo-2"),
    UndoState.FAILED: ("bad", "triangle-alert"),
}
UNDONE_TONES = {Undone.BACK: ("mute", "undo-2"), Undone.STAYS: ("warn", "lock")}
