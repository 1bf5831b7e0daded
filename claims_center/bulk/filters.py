"""What the results of a bulk act can be narrowed by."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from claims_center.bulk.outcomes import DONE, WORDS
from ui.filters import ChoicesFilter, FilterSet

SKIPPED = "skipped"


class RowFilter(FilterSet):
    """Done, skipped, or one of the reasons."""

    result = ChoicesFilter(
        "outcome", method="by_result", choices=[("done", _("Done")), (SKIPPED, _("Skipped"))], label=_("Result")
    )
    reason = ChoicesFilter("outcome", choices=[one for one in WORDS.items() if one[0] != DONE], label=_("Reason"))

    def by_result(self, rows: QuerySet[Any], field_name: str, chosen: Sequence[str]) -> QuerySet[Any]:
        """Narrow to what was done, or to everything else."""
        if len(chosen) > 1:
            return rows
        return rows.exclude(outcome=DONE) if chosen == [SKIPPED] else rows.filter(outcome=DONE)


class ActFilter(FilterSet):
    """The list of bulk acts is short enough to be read."""
