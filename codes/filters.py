"""What the lists of this room can be narrowed by."""

import re

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from codes import shown
from codes.models import Code, CodePool
from codes.normalise import value_norm
from codes.states import CodeState, PoolKind
from ui.filters import ChoicesFilter, FilterSet, PeriodFilter, SearchFilter, YesNoFilter
from ui.filters.words import id_in, with_words

SIGNS_SHOWN = 4
HOLDER_SHOWN = re.compile("[0-9a-fA-F]{6}")


class PoolFilter(FilterSet):
    """Name or pattern, source, low, archived."""

    q = SearchFilter(method="search", label=_("Name or pattern"))
    kind = ChoicesFilter("kind", choices=PoolKind.choices, label=_("Source"))
    low = YesNoFilter("low_since", not_null=True, label=_("Low"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, queryset: "QuerySet[CodePool]", name: str, value: str) -> "QuerySet[CodePool]":
        """Find by words."""
        return with_words(queryset, value, "name", "pattern")


class CodeFilter(FilterSet):
    """The code itself or its end, its state, when it was taken."""

    q = SearchFilter(method="search", label=_("A whole code or its last four"))
    state = ChoicesFilter("state", choices=CodeState.choices, label=_("State"))
    taken = PeriodFilter("taken_at", label=_("Taken"))

    def search(self, queryset: "QuerySet[Code]", name: str, value: str) -> "QuerySet[Code]":
        """Find a code however it was typed, or by what the list shows of it and of who holds it.

        Never by another part of it: who may not see a code could guess it sign by sign.
        """
        wanted = Q(value_norm=value_norm(value)[:64])
        piece = value.strip("•… ")
        if len(piece) == SIGNS_SHOWN:
            wanted |= Q(ending__iexact=piece)
        if HOLDER_SHOWN.fullmatch(piece):
            wanted |= Q(held__endswith=piece.lower())
        if holder_id := id_in(value):
            wanted |= Q(holder_id=holder_id)
        return queryset.alias(ending=shown.ending(), held=shown.holder()).filter(wanted)
