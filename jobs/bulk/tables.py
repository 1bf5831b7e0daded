"""The list of bulk acts, and the results of one, document by document."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from jobs.bulk.kit import Kit
from jobs.bulk.models import BulkState
from jobs.bulk.outcomes import DONE
from ui import cells
from ui.tables import Column, Table

STATES = {
    BulkState.DRAFT: ("mute", "circle-dashed"),
    BulkState.RUNNING: ("info", "loader"),
    BulkState.DONE: ("ok", "circle-check"),
    BulkState.STOPPED: ("warn", "ban"),
    BulkState.FAILED: ("bad", "circle-x"),
}


def state_badge(bulk: Any) -> str:
    """Return how far an act has come as a badge."""
    return cells.badge(BulkState(bulk.state).label, *STATES[BulkState(bulk.state)])


def title_of(kit: Kit, bulk: Any) -> str:
    """Return what was done in words."""
    label = str(kit.acts[bulk.act].label)
    return _now("Undo: %(act)s") % {"act": label} if bulk.undoes_id else label


class ActTable(Table):
    """One bulk act a row. `page` is the address of an act's page, with `marker` where its id will stand."""

    act = Column(_("Action"), empty_values=(), phone="lead")
    started = Column(_("Started"), accessor="created_at")
    by = Column(_("By"), empty_values=(), accessor="actor")
    state = Column(_("State"), empty_values=(), phone="side")
    total = Column(_("Chosen"), numeric=True)
    done = Column(_("Done"), numeric=True)
    skipped = Column(_("Skipped"), numeric=True, empty_values=())

    def __init__(self, *args: Any, kit: Kit, page: str, marker: str, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kit, self.act_page, self.marker, self.names = kit, page, marker, names

    def row_label(self, record: Any) -> str:
        """Return what was done."""
        return title_of(self.kit, record)

    def render_act(self, record: Any) -> str:
        """What was done, as the way to its results."""
        return cells.link(self.act_page.replace(self.marker, str(record.id)), title_of(self.kit, record))

    def render_by(self, record: Any) -> str:
        """Who asked for it."""
        return cells.text(self.names.get(record.actor, ""))

    def render_state(self, record: Any) -> str:
        """How far it has come."""
        return state_badge(record)

    def render_skipped(self, record: Any) -> str:
        """How many documents were left as they are."""
        return cells.number(record.skipped)


class RowTable(Table):
    """One document of an act a row; a room adds columns of its own."""

    document = Column(_("Row"), empty_values=(), phone="lead")
    outcome = Column(_("Result"), empty_values=(), phone="side")

    def __init__(self, *args: Any, kit: Kit, merchant_slug: str, act: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kit, self.merchant_slug, self.act = kit, merchant_slug, act

    def row_label(self, record: Any) -> str:
        """Return which document it is."""
        return self.kit.named(getattr(record, self.kit.link), self.merchant_slug)[0]

    def render_document(self, record: Any) -> str:
        """What it is called, as the way to its page."""
        return cells.person(*self.kit.named(getattr(record, self.kit.link), self.merchant_slug))

    def render_outcome(self, record: Any) -> str:
        """What became of it, and why."""
        if record.outcome == DONE:
            return cells.badge(self.kit.words_of(self.act, DONE), "ok", "circle-check")
        words = record.reason or self.kit.words_of(self.act, record.outcome)
        return cells.two_lines(cells.badge(_now("Skipped"), "mute", "minus"), words)
