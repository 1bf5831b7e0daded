"""What the lists of this room can be narrowed by."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from codes.models import Code
from codes.normalise import value_norm
from codes.states import CodeState, PoolKind
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter


class PoolFilter(FilterSet):
    """Source, low, archived."""

    kind = ChoicesFilter("kind", choices=PoolKind.choices, label=_("Source"))
    low = YesNoFilter("low_since", not_null=True, label=_("Low"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))


class CodeFilter(FilterSet):
    """The code itself, its state, when it was taken."""

    q = SearchFilter(method="search", label=_("A whole code"))
    state = ChoicesFilter("state", choices=CodeState.choices, label=_("State"))
    taken = PeriodFilter("taken_at", label=_("Taken"))

    def search(self, queryset: "QuerySet[Code]", name: str, value: str) -> "QuerySet[Code]":
        """Find a code however it was typed."""
        return queryset.filter(value_norm=value_norm(value)[:64])
