"""The list of bulk acts, and the results of one, claim by claim."""

from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from claims_center import badges
from claims_center.bulk.acts import ACTS, Act
from claims_center.bulk.outcomes import DONE
from claims_center.models import BulkAct, BulkRow, BulkState
from ui import cells
from ui.addresses import row_address
from ui.tables import Column, Table

STATES = {
    BulkState.DRAFT: ("mute", "circle-dashed"),
    BulkState.RUNNING: ("info", "loader"),
    BulkState.DONE: ("ok", "circle-check"),
    BulkState.STOPPED: ("warn", "ban"),
    BulkState.FAILED: ("bad", "circle-x"),
}


def state_badge(bulk: BulkAct) -> str:
    """Return how far an act has come as a badge."""
    return cells.badge(BulkState(bulk.state).label, *STATES[BulkState(bulk.state)])


def title_of(bulk: BulkAct) -> str:
    """Return what was done in words."""
    label = str(ACTS[bulk.act].label)
    return _now("Undo: %(act)s") % {"act": label} if bulk.undoes_id else label


class ActTable(Table):
    """One bulk act a row."""

    act = Column(_("Action"), empty_values=(), phone="lead")
    started = Column(_("Started"), accessor="created_at")
    by = Column(_("By"), empty_values=(), accessor="actor")
    state = Column(_("State"), empty_values=(), phone="side")
    total = Column(_("Claims"), numeric=True)
    done = Column(_("Done"), numeric=True)
    skipped = Column(_("Skipped"), numeric=True, empty_values=())

    def __init__(self, *args: Any, merchant_slug: str, names: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.names = merchant_slug, names

    def row_label(self, record: BulkAct) -> str:
        """Return what was done."""
        return title_of(record)

    def render_act(self, record: BulkAct) -> str:
        """What was done, as the way to its results."""
        return cells.link(row_address("claims:bulk-act", self.merchant_slug, record.id), title_of(record))

    def render_by(self, record: BulkAct) -> str:
        """Who asked for it."""
        return cells.text(self.names.get(record.actor, ""))

    def render_state(self, record: BulkAct) -> str:
        """How far it has come."""
        return state_badge(record)

    def render_skipped(self, record: BulkAct) -> str:
        """How many claims were left as they are."""
        return cells.number(record.skipped)


class RowTable(Table):
    """One claim of an act a row."""

    claim = Column(_("Claim"), empty_values=(), phone="lead")
    outcome = Column(_("Result"), empty_values=(), phone="side")
    product = Column(_("Product"), empty_values=())
    status = Column(_("Status now"), empty_values=())
    submitted = Column(_("Submitted"), empty_values=(), phone="none")

    def __init__(self, *args: Any, merchant_slug: str, act: Act, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.act = merchant_slug, act

    def row_label(self, record: BulkRow) -> str:
        """Return whose claim it is, and of when."""
        return str(record.claim)

    def render_claim(self, record: BulkRow) -> str:
        """The customer, as the way to the claim."""
        claim = record.claim
        url = row_address("claims:claim", self.merchant_slug, claim.id)
        return cells.person(claim.customer_name or claim.customer_email, claim.customer_email, url)

    def render_outcome(self, record: BulkRow) -> str:
        """What became of it, and why."""
        if record.outcome == DONE:
            return cells.badge(self.act.words(DONE), "ok", "circle-check")
        return cells.two_lines(
            cells.badge(_now("Skipped"), "mute", "minus"), record.reason or self.act.words(record.outcome)
        )

    def render_product(self, record: BulkRow) -> str:
        """The product over its campaign."""
        return cells.two_lines(record.claim.product_title, record.claim.funnel_name)

    def render_status(self, record: BulkRow) -> str:
        """Where the claim stands now, whatever the act did."""
        return badges.status(record.claim.status)

    def render_submitted(self, record: BulkRow) -> str:
        """When it came in."""
        return cells.when(record.claim.submitted_at)
