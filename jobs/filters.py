"""What the list of jobs can be narrowed by."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from jobs.kinds import kind_names, label_of
from jobs.states import State
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter
from ui.filters.words import MOST_WORDS, id_in


class JobFilter(FilterSet):
    """Words of the kind and of the error, or the job's id; state, kind, period."""

    q = SearchFilter(method="search", label=_("Job, error or number"))
    state = ChoicesFilter("state", choices=State.choices, label=_("State"))
    kind = ChoicesFilter("kind", choices=lambda: [(name, label_of(name)) for name in kind_names()], label=_("Job"))
    created = PeriodFilter("created_at", label=_("Created"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words, as they are read; by its whole number one job."""
        if key := id_in(text):
            return rows.filter(pk=key)
        labels = {name: label_of(name).casefold() for name in kind_names()}
        for word in text.split()[:MOST_WORDS]:
            kinds = [name for name, label in labels.items() if word.casefold() in label]
            rows = rows.filter(Q(kind__in=kinds) | Q(kind__icontains=word) | Q(last_error__icontains=word))
        return rows
