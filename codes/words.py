"""How pools and codes look."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from codes.models import Code, CodePool
from codes.selectors import Stock
from codes.states import CodeState
from ui import cells, locale

LOOKS = {
    CodeState.FREE: ("ok", "circle-check"),
    CodeState.TAKEN: ("info", "gift"),
    CodeState.BURNT: ("mute", "ban"),
}


def code_state(code: Code) -> SafeString:
    """Return the code's state as a badge."""
    return cells.badge(CodeState(code.state).label, *LOOKS[CodeState(code.state)])


def pool_state(pool: CodePool, stock: Stock) -> SafeString:
    """Return how the pool stands: archived, empty, low, or fine."""
    if pool.archived_at:
        return cells.badge(_("Archived"), "mute", "archive")
    if not stock.free:
        return cells.badge(_("Empty"), "bad", "circle-x")
    if stock.is_low(pool):
        return cells.badge(_("Low"), "warn", "triangle-alert")
    return cells.badge(_("Enough"), "ok", "circle-check")


def days_left(stock: Stock) -> str:
    """Return for how long the free codes last, in words."""
    days = stock.days_left
    if days is None:
        return _("not used lately")
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": locale.number(days)}


def holder(code: Code) -> str:
    """Return who holds the code, as document and the end of its number."""
    return f"{code.holder_origin} …{str(code.holder_id)[-6:]}" if code.holder_id else ""
