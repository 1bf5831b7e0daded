"""The lists of exports and of their runs."""

import uuid
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exports.catalogue import datasets
from exports.export_states import ExportState
from exports.formats.kinds import Format
from exports.models import Export, ExportRun
from exports.words import format_of, place_of, schedule_of, state_badge
from ui import cells, locale
from ui.tables import Column, Table

# Stands in an address where a row's id will stand.
NOBODY = str(uuid.UUID(int=0))

# Where there is little room.
SHORT: dict[str, str] = {Format.XLSX: "XLSX"}


def data_of(name: str) -> str:
    """Return what people call a dataset; one that is gone by its name."""
    found = datasets().get(name)
    return str(found.title) if found else name


class ExportTable(Table):
    """One definition a row. `latest`: the last run of each of this page."""

    name = Column(_("Name"), empty_values=(), phone="lead")
    format = Column(_("Format"), empty_values=(), phone="none")
    destination = Column(_("Goes to"), empty_values=())
    schedule = Column(_("Runs"), empty_values=())
    next = Column(_("Next run"), empty_values=(), accessor="next_at", phone="none")
    last = Column(_("Last run"), empty_values=(), phone="side")

    def __init__(self, *args: Any, merchant_slug: str, latest: dict[uuid.UUID, ExportRun], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = reverse("exports:export", args=[merchant_slug, NOBODY])
        self.run_page = reverse("exports:run", args=[merchant_slug, NOBODY])
        self.latest = latest

    def render_name(self, record: Export) -> str:
        """The name, as the way to the definition, over what it holds."""
        link = cells.link(self.page.replace(NOBODY, str(record.id)), record.name)
        return cells.two_lines(link, data_of(record.dataset))

    def render_format(self, record: Export) -> str:
        """What kind of file it is, over its dialect."""
        kind, _comma, dialect = format_of(record).partition(", ")
        return cells.two_lines(kind, dialect)

    def render_destination(self, record: Export) -> str:
        """Where it goes."""
        return cells.text(place_of(record))

    def render_schedule(self, record: Export) -> str:
        """How often it runs."""
        return cells.text(schedule_of(record))

    def render_next(self, record: Export) -> str:
        """When it runs next by itself."""
        if record.archived_at is not None:
            return cells.badge(_now("Archived"), "mute", "archive")
        if record.stopped_at is not None:
            return cells.badge(_now("Stopped"), "bad", "octagon-x")
        return cells.when(record.next_at) if record.next_at else cells.dash()

    def render_last(self, record: Export) -> str:
        """How the last run ended, as the way to it."""
        run = self.latest.get(record.id)
        if run is None:
            return cells.badge(_now("Never run"), "mute", "circle-dashed")
        says = _now("%(state)s: the last run of %(name)s") % {"state": run.get_state_display(), "name": record.name}
        link = cells.link(self.run_page.replace(NOBODY, str(run.id)), state_badge(run), says)
        return cells.two_lines(link, cells.ago(run.finished_at or run.queued_at))


class RunTable(Table):
    """One run a row; the name leads to its page."""

    name = Column(_("Export"), empty_values=(), phone="lead")
    asked = Column(_("Asked for"), accessor="queued_at")
    state = Column(_("State"), empty_values=(), phone="side")
    format = Column(_("Format"), empty_values=(), phone="none")
    rows = Column(_("Rows"), empty_values=(), numeric=True)
    size = Column(_("Size"), empty_values=(), numeric=True)
    took = Column(_("Took"), empty_values=(), numeric=True, phone="none")
    error = Column(_("What went wrong"), empty_values=(), phone="none")

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = reverse("exports:run", args=[merchant_slug, NOBODY])

    def row_label(self, record: ExportRun) -> str:
        """Return which run it is."""
        return record.name

    def render_name(self, record: ExportRun) -> str:
        """The export's name, as the way to the run."""
        return cells.two_lines(
            cells.link(self.page.replace(NOBODY, str(record.id)), record.name), record.get_cause_display()
        )

    def render_state(self, record: ExportRun) -> str:
        """Where it stands."""
        return state_badge(record)

    def render_format(self, record: ExportRun) -> str:
        """What kind of file it is."""
        return cells.text(SHORT.get(record.format, Format(record.format).label))

    def render_rows(self, record: ExportRun) -> str:
        """How many rows the file has."""
        return cells.number(record.rows) if record.sha256 else cells.dash()

    def render_size(self, record: ExportRun) -> str:
        """How big the file is."""
        return cells.text(size_of(record)) if record.sha256 else cells.dash()

    def render_took(self, record: ExportRun) -> str:
        """How long it took."""
        return cells.text(duration_of(record)) if record.finished_at and record.started_at else cells.dash()

    def render_error(self, record: ExportRun) -> str:
        """What went wrong, in words."""
        return cells.long_text(record.error, 60) if record.state == ExportState.FAILED else cells.dash()


def size_of(run: ExportRun) -> str:
    """Return the size of a run's file in words."""
    return str(filesizeformat(run.size))


def duration_of(run: ExportRun) -> str:
    """Return how long a run took from its beginning to its end; "" while it has neither."""
    if run.started_at is None or run.finished_at is None:
        return ""
    took = run.finished_at - run.started_at
    return locale.duration(took) if took.total_seconds() >= 1 else _now("under a second")
