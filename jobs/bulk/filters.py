"""What bulk acts, and the results of one, can be narrowed by."""

from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jobs.bulk.kit import Kit
from jobs.bulk.outcomes import DONE
from tenancy.lists.names import doer
from ui.filters import ChoicesFilter, FilterSet, SearchFilter
from ui.filters.words import MOST_WORDS, id_in, words_in

SKIPPED = "skipped"


class RowFilter(FilterSet):
    """Done or skipped; `row_filter` adds search, and the reasons of a room."""

    result = ChoicesFilter(
        "outcome", method="by_result", choices=[("done", _("Done")), (SKIPPED, _("Skipped"))], label=_("Result")
    )

    def by_result(self, rows: QuerySet[Any], field_name: str, chosen: Sequence[str]) -> QuerySet[Any]:
        """Narrow to what was done, or to everything else."""
        if len(chosen) > 1:
            return rows
        return rows.exclude(outcome=DONE) if chosen == [SKIPPED] else rows.filter(outcome=DONE)


def row_filter(kit: Kit, *columns: str) -> type[FilterSet]:
    """Return the filters of a room's results: done, skipped, or one of the reasons; words are searched in `columns`.

    A whole id finds the document that has it.
    """

    def search(filters: FilterSet, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        key = id_in(text)
        return rows.filter(words_in(text, *columns, "reason") | (Q(**{kit.link: key}) if key else Q()))

    reason = ChoicesFilter("outcome", choices=kit.choices(), label=_("Reason"))
    q = SearchFilter(method="search", label=_("Row or reason"))
    return type("RowFilterWithReasons", (RowFilter,), {"q": q, "reason": reason, "search": search})


class ActFilter(FilterSet):
    """Words of what was done, and by whom."""

    q = SearchFilter(method="search", label=_("Action or colleague"))
    labels: Callable[[], Mapping[str, Any]] = staticmethod(dict)
    columns: Sequence[str] = ()

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words, as they are read; by its whole id one act."""
        if key := id_in(text):
            return rows.filter(pk=key)
        labels = {name: str(label).casefold() for name, label in type(self).labels().items()}
        rows = rows.alias(who=doer())
        for word in text.split()[:MOST_WORDS]:
            acts = [name for name, label in labels.items() if word.casefold() in label]
            found = [Q(**{f"{column}__icontains": word}) for column in ("who", *self.columns)]
            rows = rows.filter(reduce(or_, found, Q(act__in=acts)))
        return rows


def act_filter(kit: Kit, *columns: str) -> type[FilterSet]:
    """Return the filters of a room's bulk acts; words are searched in `columns` besides."""
    return type("ActFilterOfRoom", (ActFilter,), {"labels": staticmethod(lambda: _labels(kit)), "columns": columns})


def _labels(kit: Kit) -> dict[str, Any]:
    return {name: act.label for name, act in kit.acts.items()}
