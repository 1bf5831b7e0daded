"""The states of a job, and how urgent it may be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a job stands."""

    DUE = "due", _("Due")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Dead")
    CANCELLED = "cancelled", _("Cancelled")


class Priority(models.IntegerChoices):
    """Which of a merchant's jobs of one kind goes first: the higher number."""

    LOW = 10, _("Low")
    NORMAL = 20, _("Normal")
    HIGH = 30, _("High")


FINISHED = (State.DONE, State.DEAD, State.CANCELLED)
# What a person may do by hand, and from which states.
RETRYABLE = (State.DEAD, State.CANCELLED)
CANCELLABLE = (State.DUE, State.RUNNING)
