"""What may become of a document in any bulk act: one letter each, and its words. A room adds letters of its own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

DONE = "+"
ALREADY = "a"
CHANGED = "v"
OUTSIDE = "f"
GONE = "g"
IMPOSSIBLE = "x"
NOT_REACHED = "-"

WORDS: dict[str, Any] = {
    DONE: _("Done"),
    ALREADY: _("This was done before"),
    CHANGED: _("Somebody changed it in the meantime"),
    OUTSIDE: _("It no longer matches the filters"),
    GONE: _("It is no longer there"),
    IMPOSSIBLE: _("Not possible"),
    NOT_REACHED: _("Not reached: the work was stopped before its turn"),
}
