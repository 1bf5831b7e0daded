"""What the results of a bulk act can be narrowed by."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from claims_center.bulk.acts import ACTS
from claims_center.bulk.outcomes import DONE, WORDS
from jobs.bulk.filters import ActFilter as OfKit
from ui.filters import ChoicesFilter, FilterSet, SearchFilter
from ui.filters.words import id_in, words_in

SEARCHED = (
    "claim__customer_name",
    "claim__customer_email",
    "claim__product_title",
    "claim__funnel_name",
    "claim__order_number",
    "reason",
)
SKIPPED = "skipped"


class RowFilter(FilterSet):
    """Words of the claim; done, skipped, or one of the reasons."""

    q = SearchFilter(method="search", label=_("Customer, product, order or reason"))
    result = ChoicesFilter(
        "outcome", method="by_result", choices=[("done", _("Done")), (SKIPPED, _("Skipped"))], label=_("Result")
    )
    reason = ChoicesFilter("outcome", choices=[one for one in WORDS.items() if one[0] != DONE], label=_("Reason"))

    def by_result(self, rows: QuerySet[Any], field_name: str, chosen: Sequence[str]) -> QuerySet[Any]:
        """Narrow to what was done, or to everything else."""
        if len(chosen) > 1:
            return rows
        return rows.exclude(outcome=DONE) if chosen == [SKIPPED] else rows.filter(outcome=DONE)

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words; by its whole id one claim."""
        found = words_in(text, *SEARCHED)
        if key := id_in(text):
            found |= Q(claim=key)
        return rows.filter(found)


class ActFilter(OfKit):
    """Words of what was done, and by whom."""

    labels = staticmethod(lambda: {name: act.label for name, act in ACTS.items()})
