"""What may become of a member in an assignment, besides what may become of anything: a letter and its words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from jobs.bulk import outcomes as shared
from offers.bulk import outcomes

NOT_OPEN = "z"
HAS_IT = "y"

WORDS: dict[str, Any] = outcomes.WORDS | {
    shared.DONE: _("Done"),
    shared.IMPOSSIBLE: _("Not possible"),
    NOT_OPEN: _("The offer is not out, or its time is over"),
    HAS_IT: _("The member has it already"),
    outcomes.LIMIT: _("The member has had it as often as one member may"),
    outcomes.IS_RESERVED: _("A till has reserved it at this moment"),
}
REFUSALS = outcomes.REFUSALS | {"offer_not_open": NOT_OPEN}
