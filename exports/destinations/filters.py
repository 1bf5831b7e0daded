"""What the list of destinations is narrowed by."""

from typing import Any

from django.db.models import QuerySet, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _

from exports.models import DestinationKind
from exports.ordering import PLACE
from tenancy.lists.names import called
from ui.filters import ChoicesFilter, FilterSet, SearchFilter, YesNoFilter
from ui.filters.words import with_words


class DestinationFilter(FilterSet):
    """Name, place and maker; kind; archived ones are asked for."""

    q = SearchFilter(method="search", label=_("Name or place"))
    kind = ChoicesFilter("kind", choices=DestinationKind.choices, label=_("Kind"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))

    def search(self, rows: QuerySet[Any], field_name: str, text: str) -> QuerySet[Any]:
        """Find by words; a merchant has some dozen destinations."""
        # All recipients, where the place sorts by the first one alone.
        place = Concat(PLACE, Value(" "), KT("settings__recipients"), output_field=TextField())
        return with_words(rows.alias(where=place, maker=called("created_by")), text, "name", "where", "maker")
