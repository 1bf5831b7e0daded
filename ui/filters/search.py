"""The search box of a list."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from ui.filters.base import Chip, Filter, Reading
from ui.querystring import changed

LONGEST = 200


class SearchFilter(Filter):
    """`?q=`: declare it as `q = SearchFilter(method="search", label=_("Name, e-mail or code"))`.

    The label is the box's placeholder. The method gets (queryset, field_name, text): blanks around it are gone,
    NUL bytes and what exceeds 200 characters too.
    """

    def __init__(self, field_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(field_name, pill=False, **kwargs)

    def read(self, data: QueryDict) -> Reading:
        """Clean the text; nothing left means no search."""
        words = data.get(self.name, "").replace("\x00", "").strip()[:LONGEST]
        return Reading(words or None)

    def filter(self, qs: QuerySet, value: str) -> QuerySet:
        """Replaced by the method; without one a list cannot be searched."""
        raise NotImplementedError(f"the search filter {self.name!r} needs method=")

    def chips(self, value: str, data: QueryDict) -> list[Chip]:
        """The words looked for."""
        return [Chip(str(self.label), value, self.name, value, changed(data, {self.name: None}))]
