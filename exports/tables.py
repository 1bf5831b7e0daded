"""The list of imports."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports.models import ImportRun
from exports.states import TONES, RunState
from ui import cells
from ui.tables import Column, Table


def state_badge(state: str) -> str:
    """Return an import's state as a badge."""
    tone, icon = TONES[RunState(state)]
    return cells.badge(RunState(state).label, tone, icon)


class ImportTable(Table):
    """One import a row; the file's name leads to its page."""

    file = Column(_("File"), empty_values=(), phone="lead")
    uploaded = Column(_("Uploaded"), accessor="uploaded_at")
    by = Column(_("By"), accessor="uploaded_by")
    state = Column(_("State"), phone="side", empty_values=())
    added = Column(_("Added"), numeric=True)
    changed = Column(_("Changed"), numeric=True)
    skipped = Column(_("Skipped"), numeric=True)
    refused = Column(_("Refused"), numeric=True)

    def __init__(self, *args: Any, merchant_slug: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug = merchant_slug

    def row_label(self, record: ImportRun) -> str:
        """Return the file's name."""
        return record.file_name

    def render_file(self, record: ImportRun) -> str:
        """The file's name, as the way to its page, over what it was read as."""
        link = cells.link(reverse("exports:import", args=[self.merchant_slug, record.id]), record.file_name)
        return cells.two_lines(link, record.format_name)

    def render_state(self, record: ImportRun) -> str:
        """Where the import stands."""
        return state_badge(record.state)
