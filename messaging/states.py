"""The statuses of a message and the moves between them, as one table.

`queued < sent < delivered < opened` is a lattice: a late report never moves a message back. Bounced, complained,
failed and skipped are ends. `sending` and `uncertain` are ours alone; to the rest of the house they look like queued.
`skipped` is no failure: what the message would have said was not so any more when its turn came.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    """Where a message stands."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Sending")
    UNCERTAIN = "uncertain", _("Uncertain")
    SENT = "sent", _("Sent")
    DELIVERED = "delivered", _("Delivered")
    OPENED = "opened", _("Opened")
    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not sent")


ENDS = frozenset({Status.BOUNCED, Status.COMPLAINED, Status.FAILED, Status.SKIPPED})
WAITING = frozenset({Status.QUEUED, Status.SENDING, Status.UNCERTAIN})
PROBLEMS = (Status.BOUNCED, Status.FAILED, Status.COMPLAINED, Status.UNCERTAIN)
INTERNAL = frozenset({Status.SENDING, Status.UNCERTAIN})
# Statuses that documents do not hear of.
UNTOLD = INTERNAL | {Status.SKIPPED}

# What we ourselves may do ...
OURS: dict[str, frozenset[str]] = {
    Status.QUEUED: frozenset({Status.SENDING, Status.FAILED, Status.SKIPPED}),
    Status.SENDING: frozenset(
        {Status.QUEUED, Status.SENDING, Status.UNCERTAIN, Status.SENT, Status.FAILED, Status.SKIPPED}
    ),
    Status.UNCERTAIN: frozenset({Status.SENDING, Status.FAILED, Status.SKIPPED}),
}
# ... and where a provider's report may move a message: it may come before our own commit, in any order.
REPORTED: dict[str, frozenset[str]] = {
    **{
        status: frozenset(
            {Status.SENT, Status.DELIVERED, Status.OPENED, Status.BOUNCED, Status.COMPLAINED, Status.FAILED}
        )
        for status in WAITING
    },
    Status.SENT: frozenset({Status.DELIVERED, Status.OPENED, Status.BOUNCED, Status.COMPLAINED, Status.FAILED}),
    Status.DELIVERED: frozenset({Status.OPENED, Status.BOUNCED, Status.COMPLAINED}),
    Status.OPENED: frozenset({Status.BOUNCED, Status.COMPLAINED}),
}


def may_move(before: str, after: str, *, reported: bool) -> bool:
    """Say whether a message may go from one status to another, by us or by a provider's report."""
    return after in (REPORTED if reported else OURS).get(before, frozenset())


def public(status: str) -> str:
    """Return the status as documents and customers know it."""
    return Status.QUEUED if status in INTERNAL else status


class SuppressionReason(models.TextChoices):
    """Why we write to an address no more."""

    BOUNCED = "bounced", _("Bounced")
    COMPLAINED = "complained", _("Complained")
    UNSUBSCRIBED = "unsubscribed", _("Unsubscribed")


class EventState(models.TextChoices):
    """What became of a provider's report."""

    NEW = "new", _("New")
    APPLIED = "applied", _("Applied")
    IGNORED = "ignored", _("Ignored")
