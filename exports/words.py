"""What people read about exports: when they run, as what kind of file, what went wrong."""

from typing import Any

from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.export_states import TONES, ExportState, Schedule
from exports.formats.columns import SEPARATORS
from exports.formats.kinds import Format
from exports.models import Destination, Export, ExportRun
from ui import cells, locale

# By the name under which a job was given up.
ERRORS: dict[str, Any] = {
    "cancelled": gettext_lazy("It was called off."),
    "worker_lost": gettext_lazy(
        "The worker was killed several times while it wrote the file. Try again, or ask for fewer rows."
    ),
    "too_long": gettext_lazy("It took longer than a run may take. Narrow the filters, leave out columns, or take CSV."),
    "SoftTimeLimitExceeded": gettext_lazy(
        "It took longer than a run may take. Narrow the filters, leave out columns, or take CSV."
    ),
    "OSError": gettext_lazy("The file could not be written: the disk is full or out of reach."),
    "OperationalError": gettext_lazy("The database was out of reach or took too long."),
    "QueryCanceled": gettext_lazy("The database took too long."),
}


def error_of(code: str) -> str:
    """Return what a code says; an unknown one in general words, with its name."""
    known = ERRORS.get(code)
    return str(known) if known else _("Something went wrong on our side (%(code)s).") % {"code": code}


def state_badge(run: ExportRun) -> str:
    """Return where a run stands as a badge."""
    state = ExportState(run.state)
    tone, icon = TONES[state]
    return cells.badge(state.label, tone, icon)


def format_of(export: Export) -> str:
    """Return the kind of file in words."""
    label = str(Format(export.format).label)
    if export.format != Format.CSV:
        return label
    kind = _("for spreadsheets") if export.harmless else _("for systems")
    return f"{label}, {str(SEPARATORS[export.separator]).lower()}, {kind}"


def place_of(export: Export) -> str:
    """Return where the file goes."""
    return called(export.destination) if export.destination else _("Download")


def called(destination: Destination) -> str:
    """Return a destination's name, and whether nothing can be brought there any more."""
    return _("%(name)s (archived)") % {"name": destination.name} if destination.archived_at else destination.name


def schedule_of(export: Export) -> str:
    """Return how often it runs, by the clock of the merchant."""
    at = f"{export.at_minute // 60:02d}:{export.at_minute % 60:02d}"
    if export.schedule == Schedule.ONCE and export.once_at:
        return _("Once, %(moment)s") % {"moment": locale.moment(timezone.localtime(export.once_at))}
    if export.schedule == Schedule.HOURLY:
        return _("Every hour at :%(minute)02d") % {"minute": export.at_minute % 60}
    if export.schedule == Schedule.DAILY:
        return _("Every day at %(time)s") % {"time": at}
    if export.schedule == Schedule.WEEKLY:
        return _("Every %(day)s at %(time)s") % {"day": WEEKDAYS[export.weekday], "time": at}
    if export.schedule == Schedule.MONTHLY:
        return _("Every month on day %(day)s at %(time)s") % {"day": export.month_day, "time": at}
    return _("By hand")
