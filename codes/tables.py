"""The lists of pools and of a pool's codes."""

import uuid
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from codes import words
from codes.models import Code, CodePool
from codes.normalise import masked
from codes.selectors import Stock
from codes.states import CodeState
from ui import cells
from ui.addresses import row_address
from ui.tables import Column, Table


class PoolTable(Table):
    """One pool a row, with its stock."""

    name = Column(_("Pool"), empty_values=(), phone="lead")
    state = Column(_("Stock"), empty_values=(), accessor="pk", phone="side")
    kind = Column(_("Source"), empty_values=())
    free = Column(_("Free"), empty_values=(), accessor="pk", numeric=True)
    taken = Column(_("Taken"), empty_values=(), accessor="pk", numeric=True)
    burnt = Column(_("Burnt"), empty_values=(), accessor="pk", numeric=True)
    lasts = Column(_("Lasts"), empty_values=(), accessor="pk")
    low_mark = Column(_("Warn at"), numeric=True)
    created = Column(_("Created"), accessor="created_at")

    def __init__(self, *args: Any, merchant_slug: str, stocks: dict[uuid.UUID, Stock], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.stocks = merchant_slug, stocks

    def render_name(self, record: CodePool) -> SafeString:
        """The name, as the way to the pool."""
        return cells.link(row_address("codes:pool", self.merchant_slug, record.pk), record.name)

    def render_state(self, record: CodePool) -> SafeString:
        """Enough, low, empty or archived."""
        return words.pool_state(record, self.stocks[record.pk])

    def render_kind(self, record: CodePool) -> SafeString:
        """Uploaded, or the pattern."""
        return cells.two_lines(record.get_kind_display(), record.pattern)

    def render_free(self, record: CodePool) -> SafeString:
        """How many are left."""
        return cells.number(self.stocks[record.pk].free)

    def render_taken(self, record: CodePool) -> SafeString:
        """How many are held."""
        return cells.number(self.stocks[record.pk].taken)

    def render_burnt(self, record: CodePool) -> SafeString:
        """How many were withdrawn."""
        return cells.number(self.stocks[record.pk].burnt)

    def render_lasts(self, record: CodePool) -> str:
        """For how long, at the present rate."""
        return words.days_left(self.stocks[record.pk])


class CodeTable(Table):
    """One code a row, masked."""

    value = Column(_("Code"), empty_values=(), phone="lead")
    state = Column(_("State"), empty_values=(), phone="side")
    holder = Column(_("Held by"), empty_values=(), accessor="pk")
    taken = Column(_("Taken"), accessor="taken_at")
    added = Column(_("Added"), accessor="created_at")
    actions = Column(_("Actions"), empty_values=(), accessor="pk", label_on_phone=False)

    def __init__(self, *args: Any, merchant_slug: str, may_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant_slug, self.may_change = merchant_slug, may_change

    def render_value(self, record: Code) -> SafeString:
        """At most half of the code."""
        return cells.code(masked(record.value), copy=False)

    def render_state(self, record: Code) -> SafeString:
        """Free, taken or burnt."""
        return words.code_state(record)

    def render_holder(self, record: Code) -> SafeString:
        """Which document has it."""
        return cells.text(words.holder(record))

    def render_actions(self, record: Code) -> SafeString:
        """Reveal, and withdraw while it is free."""
        if not self.may_change:
            return cells.dash()
        found = cells.action(self._at("reveal", record), _now("Reveal the code"), "eye", dialog=True)
        if record.state == CodeState.FREE:
            found += cells.action(self._at("burn", record), _now("Withdraw the code"), "ban", dialog=True)
        return found

    def _at(self, name: str, code: Code) -> str:
        return row_address(f"codes:{name}", self.merchant_slug, code.pool_id, code.pk)
