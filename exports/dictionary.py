"""The data dictionary: what each column of each export holds, and how it is written in each format."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from exports.catalogue import datasets
from exports.formats.columns import KIND_WORDS, Column, Kind
from exports.rights import may_export
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import locale
from ui.filters import Period, days


@dataclass(frozen=True, slots=True)
class Manner:
    """How the cells of one kind are written: in files for people, for systems, and in JSON Lines."""

    kind: Any
    people: Any
    systems: Any
    json: Any


MANNERS: tuple[Manner, ...] = (
    Manner(
        _("Text, code"),
        _("As it was entered; in CSV an apostrophe stands before what a spreadsheet would take for a formula"),
        _("As it was entered"),
        _("Text"),
    ),
    Manner(_("Whole number"), "1250", "1250", _("Number")),
    Manner(_("Decimal number, amount"), _("12.50, with the decimal sign of the export"), "12.50", _("Text: “12.50”")),
    Manner(
        _("Date and time"),
        _("2026-11-20 13:00:00 in the merchant's zone, which the header names; in workbooks a date"),
        _("2026-11-20T12:00:00.25Z: UTC, ISO 8601"),
        _("As for systems"),
    ),
    Manner(_("Day"), "2026-11-20", "2026-11-20", _("Text: “2026-11-20”")),
    Manner(_("Yes or no"), _("Yes, No"), "true, false", "true, false"),
    Manner(_("One of a few values"), _("Its words"), _("The stored value, as listed above"), _("The stored value")),
    Manner(_("Not known"), _("Empty cell"), _("Empty cell; an empty text is a pair of quotes"), "null"),
)


class DictionaryStart(StaffView):
    """Lead to the first data that this person may export."""

    role = Role.ADMIN

    def get(self, request: HttpRequest) -> HttpResponse:
        """Find it."""
        names = [name for name in datasets() if may_export(name, role=self.request.role)]
        return HttpResponseRedirect(reverse("exports:dictionary", args=[self.request.merchant.slug, names[0]]))


class Dictionary(StaffView):
    """The columns of one export."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, name: str) -> HttpResponse:
        """Draw them, with the other data as tabs; 404 for data that there is not, or that this person may not have."""
        found = datasets().get(name)
        if found is None or not may_export(name, role=self.request.role):
            raise Http404
        exports = reverse("exports:exports", args=[self.request.merchant.slug])
        context = {
            "title": _now("Data dictionary"),
            "dataset": found,
            "rows": [_row(column) for column in found.columns],
            "tabs": self._tabs(name),
            "manners": MANNERS,
            "days": _relative_days(timezone.localdate()),
            "zone": locale.zone_name(),
            "crumbs": [(_now("Exports"), exports), (_now("Data dictionary"), "")],
        }
        return render(request, "exports/dictionary.html", context)

    def _tabs(self, shown: str) -> list[dict[str, Any]]:
        slug = self.request.merchant.slug
        return [
            {"label": one.title, "url": reverse("exports:dictionary", args=[slug, name]), "active": name == shown}
            for name, one in datasets().items()
            if may_export(name, role=self.request.role)
        ]


def _relative_days(today: date) -> list[tuple[str, str, str]]:
    """Return the relative days that filters understand: as an address has them, in words, and which they are today."""
    return [(word, label, Period.relative(word, word, today).on_calendar()) for word, label in days.choices()]


def _row(column: Column) -> dict[str, Any]:
    known = column.choices if column.kind is Kind.CHOICE else ()
    return {"column": column, "kind": KIND_WORDS[column.kind], "choices": [pair for pair in known if pair[0]]}
