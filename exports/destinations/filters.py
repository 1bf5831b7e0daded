"""What the list of destinations is narrowed by."""

from django.utils.translation import gettext_lazy as _

from exports.models import DestinationKind
from ui.filters import ChoicesFilter, FilterSet, YesNoFilter


class DestinationFilter(FilterSet):
    """Kind; archived ones are asked for."""

    kind = ChoicesFilter("kind", choices=DestinationKind.choices, label=_("Kind"))
    archived = YesNoFilter("archived_at", not_null=True, label=_("Archived"))
