"""The list of imports."""

import uuid
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exports.lines import WORDS
from exports.models import ImportRow, ImportRun
from exports.states import TONES, UNDO_TONES, UNDONE_TONES, RunState, Undone, UndoState
from tenancy.imports.contract import Became, Named
from ui import cells
from ui.tables import Column, Table

LINE_TONES: dict[str, tuple[str, str]] = {
    Became.ADDED: ("ok", "plus"),
    Became.CHANGED: ("info", "pencil"),
    Became.SKIPPED: ("mute", "minus"),
    Became.REFUSED: ("bad", "circle-x"),
}


def state_badge(state: str) -> str:
    """Return an import's state as a badge."""
    tone, icon = TONES[RunState(state)]
    return cells.badge(RunState(state).label, tone, icon)


def undo_badge(run: ImportRun) -> str:
    """Return whether an import was taken back as a badge, "" where nobody asked for it."""
    if run.undo_state == UndoState.NONE:
        return ""
    return cells.badge(UndoState(run.undo_state).label, *UNDO_TONES[UndoState(run.undo_state)])


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
        return undo_badge(record) or state_badge(record.state)


class LineTable(Table):
    """What became of one line a row; `documents` says what its document is called and where it is."""

    line = Column(_("Line"), numeric=True)
    became = Column(_("Result"), empty_values=(), phone="side")
    document = Column(_("Row"), empty_values=())
    why = Column(_("Reason"))
    undone = Column(_("Taken back"), empty_values=())

    def __init__(self, *args: Any, merchant_slug: str, documents: dict[uuid.UUID, Named], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.documents = merchant_slug, documents

    def row_label(self, record: ImportRow) -> str:
        """Return which line it is."""
        return _now("Line %(line)s") % {"line": record.line}

    def render_became(self, record: ImportRow) -> str:
        """What became of it."""
        return cells.badge(WORDS[record.became], *LINE_TONES[record.became])

    def render_document(self, record: ImportRow) -> str:
        """What it made or changed, as the way there."""
        found = self.documents.get(record.document) if record.document else None
        if found is None:
            return cells.dash()
        if not found.page:
            return cells.text(found.title)
        return cells.link(reverse(found.page, args=[self.merchant_slug, *found.args]), found.title or _now("No name"))

    def render_undone(self, record: ImportRow) -> str:
        """Whether it was taken back with its import."""
        if record.undone == Undone.NOT:
            return cells.dash()
        return cells.badge(Undone(record.undone).label, *UNDONE_TONES[Undone(record.undone)])
