"""Pages of one import: what its columns mean, what became of each line, taking it back."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exports import lines, naming, ordering, undoing
from exports.errors import ColumnsRefused, NotPossible
from exports.filters import LineFilter
from exports.forms import ColumnsForm
from exports.models import ImportRow, ImportRun
from exports.tables import LineTable
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import invalid
from ui.listing import Tab


class OfRun(StaffView):
    """A page about one import."""

    role = Role.ADMIN
    run: ImportRun

    def prepare(self) -> None:
        """Find the import."""
        self.run = get_object_or_404(ImportRun, id=self.kwargs["run_id"])

    def at(self, name: str) -> str:
        """Return the address of a page of this import."""
        return reverse(f"exports:{name}", args=[self.request.merchant.slug, self.run.id])

    def crumbs(self, title: str) -> list[tuple[str, str]]:
        """Return the way here."""
        listed = reverse("exports:imports", args=[self.request.merchant.slug])
        return [(_now("Imports"), listed), (self.run.file_name, self.at("import")), (title, "")]


class ColumnsPage(OfRun):
    """What each column of the file means: guessed, and said by a person."""

    def get(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Ask, with what is guessed or was said before."""
        form = self._form(None)
        if form is None:
            return HttpResponseRedirect(self.at("import"))
        return render(request, "exports/columns.html", self._context(form))

    def post(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Keep it, and read the file."""
        form = self._form(request.POST)
        if form is not None and not form.is_valid():
            return invalid(request, "exports/columns.html", self._context(form))
        meanings, fixed = (form.meanings, form.fixed) if form else ([], {})
        facts: dict[str, Any] = {"actor": self.actor, "now": timezone.now()}
        try:
            naming.choose(run_id=self.run.id, meanings=meanings, fixed=fixed, **facts)
        except (NotPossible, ColumnsRefused) as refusal:
            self.warn(str(refusal))
        return HttpResponseRedirect(self.at("import"))

    def _form(self, data: Any) -> ColumnsForm | None:
        head = naming.head_of(self.run) if self.run.state in naming.OPEN else None
        if head is None:
            return None
        run, meanings = self.run, naming.meanings_of(self.run, head)

        def wrong(said: list[str], fixed: dict[str, str]) -> list[str]:
            return naming.wrong_with(dataset=run.dataset, head=head, meanings=said, fixed=fixed)

        initial = ColumnsForm.initial_of(meanings, run.fixed)
        form = ColumnsForm(data, head=head, fields=naming.fields_of(run.dataset), wrong=wrong, initial=initial)
        self.missing = wrong(meanings, run.fixed)
        return form

    def _context(self, form: ColumnsForm) -> dict[str, Any]:
        title = _now("Columns")
        return {
            "title": title,
            "run": self.run,
            "form": form,
            "missing": [] if form.is_bound else self.missing,
            "crumbs": self.crumbs(title),
            "cancel_url": self.at("import"),
        }


class LineList(OfRun, StaffListView):
    """What became of each line, with the document that it made or changed."""

    role = Role.ADMIN
    title = _("Lines")
    template_name = "exports/lines.html"
    table_class = LineTable
    filterset_class = LineFilter
    sorts = ordering.LINES
    default_sort = "line"
    tabs = (
        Tab(_("All")),
        *(Tab(words, f"became={letter}") for letter, words in lines.WORDS.items()),
    )
    counted = ngettext_lazy("%(shown)s line", "%(shown)s lines", "number")
    empty_icon = "list"
    empty_title = _("No line had its turn")
    empty_text = _("Lines stand here once the file is applied, until the clean-up removes them.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the lines of this import, with what their documents are called for who sorts or searches by it."""
        return lines.titled(ImportRow.objects.filter(run_id=self.run.id), dataset=self.run.dataset)

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table what documents are called."""
        documents = lines.named(self.page.rows, dataset=self.run.dataset)
        return {"merchant_slug": self.request.merchant.slug, "documents": documents}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the way here, and the file."""
        crumbs = self.crumbs(_now("Lines"))
        return super().get_context_data(run=self.run, crumbs=crumbs, file_url=self.at("lines_file"), **kwargs)


class LineFile(OfRun):
    """What became of each line as a CSV for sheets, sent while it is written."""

    def get(self, request: HttpRequest, run_id: uuid.UUID) -> StreamingHttpResponse:
        """Send it."""
        text = lines.text_of(
            merchant_id=self.run.merchant_id,
            run_id=self.run.id,
            dataset=self.run.dataset,
            language=translation.get_language() or "en",
        )
        name = f"{slugify(self.run.file_name.rpartition('.')[0]) or 'import'}-result.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


class UndoPage(OfRun):
    """How much of an import can be taken back, why the rest cannot; then it begins."""

    def get(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Show the numbers as they are now."""
        if why := undoing.refusal_of(self.run):
            self.warn(why)
            return HttpResponseRedirect(self.at("import"))
        title = _now("Take back")
        context = {
            "title": title,
            "run": self.run,
            "found": undoing.preview(self.run, now=timezone.now()),
            "crumbs": self.crumbs(title),
            "cancel_url": self.at("import"),
            "lines_url": self.at("lines"),
        }
        return render(request, "exports/undo.html", context)

    def post(self, request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
        """Begin."""
        try:
            undoing.start(run_id=self.run.id, actor=self.actor, now=timezone.now())
        except NotPossible as refusal:
            self.warn(str(refusal))
        return HttpResponseRedirect(self.at("import"))
