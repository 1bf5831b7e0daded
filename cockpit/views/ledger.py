"""The ledger's page: figures, the last check, every entry."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from babel.dates import format_skeleton
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cockpit.books import Books, Held, books, held_at, last_check
from cockpit.filters import EntryFilter
from cockpit.ordering import ENTRIES
from cockpit.tables import EntryTable
from ledger.models import Entry, LedgerCheck, Movement
from ledger.units import Unit
from tenancy.lists import StaffListView
from tenancy.roles import Role
from ui import locale
from ui.charts import Bar, bar_chart

DAYS = 30


class LedgerPage(StaffListView):
    """Every entry of the merchant's ledger, the latest first."""

    role = Role.VIEWER
    title = _("Ledger")
    template_name = "cockpit/ledger.html"
    table_class = EntryTable
    filterset_class = EntryFilter
    dataset = "ledger_entries"
    sorts = ENTRIES
    default_sort = "-occurred"
    counted = ngettext_lazy("%(shown)s entry", "%(shown)s entries", "number")
    empty_icon = "scroll-text"
    empty_title = _("The ledger is empty")
    empty_text = _("Every claim, reward and offer writes its history here.")
    days = DAYS

    def get_queryset(self) -> QuerySet[Any]:
        """Return the entries with their customers and movements."""
        moved = Prefetch("movements", Movement.objects.select_related("source", "target").order_by("position"))
        found: QuerySet[Any] = Entry.objects.select_related("customer").prefetch_related(moved).defer("digest")
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table whose pages its links lead to."""
        return {"merchant_slug": self.request.merchant.slug}

    @cached_property
    def books(self) -> list[Books]:
        """The figures of the last 30 days and what is outstanding now, by unit."""
        now = timezone.now()
        return books(since=now - timedelta(days=DAYS), until=now, held=self.held)

    @cached_property
    def held(self) -> Held:
        """What customers hold now."""
        return held_at(at=timezone.now(), zone=timezone.get_current_timezone())

    @cached_property
    def check(self) -> LedgerCheck | None:
        """The last result of the ledger's check."""
        return last_check()

    @cached_property
    def forecast(self) -> list[tuple[str, str]]:
        """One chart for each unit of which anything will end."""
        return [(str(Unit(unit).label), self._chart(unit, months)) for unit, months in self.held.ending.items()]

    @staticmethod
    def _chart(unit: str, months: dict[Any, int]) -> str:
        bars = [
            Bar(format_skeleton("yMMM", month, locale=locale.current_locale()), total)
            for month, total in months.items()
        ]
        return bar_chart(bars, title=_now("%(unit)s that end, by month") % {"unit": Unit(unit).label})
