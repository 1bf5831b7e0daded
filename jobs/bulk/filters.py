"""What the results of a bulk act can be narrowed by."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from jobs.bulk.kit import Kit
from jobs.bulk.outcomes import DONE
from ui.filters import ChoicesFilter, FilterSet

SKIPPED = "skipped"


class RowFilter(FilterSet):
    """Done or skipped; `row_filter` adds the reasons of a room."""

    result = ChoicesFilter(
        "outcome", method="by_result", choices=[("done", _("Done")), (SKIPPED, _("Skipped"))], label=_("Result")
    )

    def by_result(self, rows: QuerySet[Any], field_name: str, chosen: Sequence[str]) -> QuerySet[Any]:
        """Narrow to what was done, or to everything else."""
        if len(chosen) > 1:
            return rows
        return rows.exclude(outcome=DONE) if chosen == [SKIPPED] else rows.filter(outcome=DONE)


def row_filter(kit: Kit) -> type[FilterSet]:
    """Return the filters of a room's results: done, skipped, or one of the reasons."""
    reason = ChoicesFilter("outcome", choices=kit.choices(), label=_("Reason"))
    return type("RowFilterWithReasons", (RowFilter,), {"reason": reason})


class ActFilter(FilterSet):
    """The list of bulk acts is short enough to be read."""
