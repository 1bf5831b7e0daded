"""The audit log: who changed what, from where."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, ngettext_lazy

from tenancy import ordering
from tenancy.filters import AuditFilter
from tenancy.lists import StaffListView
from tenancy.models import AuditEvent
from tenancy.selectors import actor_names
from tenancy.tables import AuditTable
from tenancy.views.settings.base import SettingsPage


class Audit(SettingsPage, StaffListView):
    """All changes of settings, members, keys and catalogue, newest first; nothing here can be changed."""

    section = "audit"
    title = gettext_lazy("Settings")
    template_name = "tenancy/settings/audit.html"
    table_class = AuditTable
    filterset_class = AuditFilter
    sorts = ordering.EVENTS
    default_sort = "-at"
    counted = ngettext_lazy("%(shown)s event", "%(shown)s events", "number")
    empty_icon = "scroll-text"
    empty_title = gettext_lazy("Nothing has been changed yet")
    empty_text = gettext_lazy("Who changes what, and when, shows here from the first change on.")

    def get_queryset(self) -> QuerySet[AuditEvent]:
        """Return the merchant's events."""
        found: QuerySet[AuditEvent] = AuditEvent.objects.all()
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table the names of those who acted, looked up at once."""
        return {"names": actor_names(row.actor for row in self.page.rows)}
