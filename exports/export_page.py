"""What the pages of definitions draw: the form with its picker, chips and preview, and one definition."""

import uuid
from dataclasses import dataclass, field
from typing import Any, Self

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.catalogue import datasets
from exports.datasets.fields import Dataset
from exports.errors import NotUnderstood
from exports.export_forms import PEOPLE, ExportForm, default_name, initial_of, moved
from exports.export_states import OPEN
from exports.export_tables import data_of
from exports.models import Export, ExportRun
from exports.preview import chips_of, first_rows, now_here
from exports.rights import may_export
from exports.rows import question, strict_filters
from exports.run_page import file_of, known_columns, left_of
from exports.words import format_of, place_of, schedule_of, state_badge
from ui import cells, display
from ui.filters import Chip
from ui.timeline import Fact

RECENT = 4
# What is drawn again with these is not saved.
DRAWN_BY = ("move", "preview", "pick", "narrow")


@dataclass
class Editor:
    """The form of one definition as a request asks for it: of a list's view (`state`), of what is saved, or posted."""

    request: Any
    dataset: Dataset
    export: Export | None
    state: QueryDict = field(default_factory=QueryDict)

    @classmethod
    def of_request(cls, request: HttpRequest, *, export: Export | None) -> Self | None:
        """Return the editor, or None where the request names no data that this person may export."""
        given = request.POST or request.GET
        name = export.dataset if export else given.get("dataset", "")
        role: int = request.role  # type: ignore[attr-defined] # the merchant's door sets it
        if name not in datasets() or not may_export(name, role=role):
            return None
        return cls(request, datasets()[name], export, QueryDict(given.get("state", "")[:8000]))

    @staticmethod
    def choice(request: Any) -> dict[str, Any]:
        """Return the page that asks which data."""
        here = reverse("exports:export_new", args=[request.merchant.slug])
        kinds = [one for one in datasets().values() if may_export(one.name, role=request.role)]
        crumbs = [(_("Exports"), reverse("exports:exports", args=[request.merchant.slug])), (_("New export"), "")]
        return {"title": _("New export"), "kinds": kinds, "here": here, "crumbs": crumbs}

    @property
    def is_only_drawn(self) -> bool:
        """Say whether a button of the picker or of the preview was pressed, and nothing is to be saved."""
        return any(name in self.request.POST for name in DRAWN_BY)

    def fresh(self) -> ExportForm:
        """Return the form as it opens."""
        page = self.dataset.page
        initial = initial_of(self.export) if self.export else self._defaults()
        if self.state or self.export is None:
            narrowed = page.filterset_class(self.state, queryset=self.dataset.rows(now_here()))
            initial |= {"query": narrowed.query_string(), "sort": self.state.get("sort") or initial["sort"]}
        columns = self.export.columns if self.export else self._columns()
        return ExportForm(initial=initial, dataset=self.dataset, columns=columns, goes_to=self._goes_to())

    def bound(self) -> ExportForm:
        """Return the form as it was posted, one column moved or one filter left out where a button said so."""
        posted = self.request.POST.copy()
        posted["query"] = posted.get("narrow", posted.get("query", ""))
        order = moved(posted.getlist("order"), posted.get("move", ""))
        columns = posted.getlist("columns")
        if posted.get("pick"):
            columns = self.dataset.keys if posted["pick"] == "all" else []
        chosen = [key for key in order if key in columns] or columns
        return ExportForm(posted, dataset=self.dataset, columns=chosen, order=order, goes_to=self._goes_to())

    def context(self, form: ExportForm) -> dict[str, Any]:
        """Return what the page draws."""
        slug, query = self.request.merchant.slug, str(form["query"].value() or "")
        listed = reverse("exports:exports", args=[slug])
        title = _("Edit the export") if self.export else _("New export: %(data)s") % {"data": self.dataset.title}
        return {
            "title": title,
            "form": form,
            "dataset": self.dataset,
            "export": self.export,
            "cancel_url": reverse("exports:export", args=[slug, self.export.id]) if self.export else listed,
            "crumbs": [(_("Exports"), listed), (title, "")],
            "list_url": f"{reverse(self.dataset.list_name, args=[slug])}?{query}",
            **self._shown(form, query),
        }

    def _shown(self, form: ExportForm, query: str) -> dict[str, Any]:
        """Return the chips, and the first rows where they were asked for; a refusal in words instead."""
        keys = [key for key in form.order if key in form.columns] or self.dataset.keys[:1]
        try:
            asked = question(name=self.dataset.name, keys=keys, query=query, sort=str(form["sort"].value() or ""))
            chips = [(one, one.remove_url.removeprefix("?")) for one in chips_of(asked)]
            preview = first_rows(asked) if "preview" in self.request.POST else None
        except NotUnderstood as refusal:
            return {"chips": [], "refusal": str(refusal)}
        return {"chips": chips, "preview": preview}

    def _goes_to(self) -> uuid.UUID | None:
        return self.export.destination_id if self.export else None

    def _columns(self) -> list[str]:
        shown = display.columns_of(self.state)
        return self.dataset.of_list(shown or self.dataset.page.table_class.shown(()))

    def _defaults(self) -> dict[str, Any]:
        return {
            "name": default_name(self.dataset, timezone.now()),
            "reader": PEOPLE,
            "sort": self.dataset.page.default_sort,
        }


def definition(export: Export) -> dict[str, Any]:
    """Return what the page of a definition says about it."""
    chips: list[Chip] = []
    try:
        asked = question(name=export.dataset, keys=export.columns, query=export.query, sort=export.sort)
        chips, refusal = chips_of(asked), ""
        strict_filters(asked, now_here())
    except NotUnderstood as error:
        refusal = str(error)
    return {
        "export_chips": chips,
        "refusal": refusal,
        "export_columns": known_columns(export.dataset, export.columns),
        "export_facts": [
            Fact(_("Data"), data_of(export.dataset)),
            Fact(_("Format"), format_of(export)),
            Fact(
                _("Takes"), _("Only what has changed since the last run") if export.changed_only else _("All that fits")
            ),
            Fact(_("Goes to"), place_of(export)),
            Fact(_("Runs"), schedule_of(export)),
            Fact(_("Next run"), cells.when(export.next_at) if export.next_at else ""),
            Fact(_("Priority"), export.get_priority_display()),
            Fact(_("With the rights of"), str(export.owner)),
        ],
    }


def running_and_recent(*, slug: str) -> dict[str, Any]:
    """Return what is running and what ran last; two queries at most."""
    rows = ExportRun.objects.select_related("export__destination", "job").defer("wanted")
    runs = list(rows.order_by("-queued_at", "-id")[:RECENT])
    moving = [run for run in runs if run.state in OPEN]
    return {
        "runs": [
            {
                "run": run,
                "badge": state_badge(run),
                "where": place_of(run.export),
                "left": left_of(run, now=timezone.now()),
                **file_of(run, slug=slug),
            }
            for run in [*moving, *(run for run in runs if run not in moving)]
        ],
        "recent_url": reverse("exports:recent", args=[slug]) if moving else "",
    }
