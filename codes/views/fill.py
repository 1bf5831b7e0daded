"""Putting codes into a pool."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from codes import filling, patterns
from codes.errors import FileRefused, PatternRefused
from codes.forms import GenerateForm, UploadForm
from codes.models import Code, CodePool, CodeUpload
from codes.sheets import problems_file
from codes.views.base import PoolView
from tenancy.roles import Role
from ui import locale
from ui.forms import StyledForm, invalid

# Lines of a refused file that the page names; all of them can be downloaded.
SHOWN = 20


class PoolUpload(PoolView):
    """Codes from a file."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return render(request, "codes/fill.html", self.context(self.pool(pk), UploadForm()))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Take the whole file, or say which lines are wrong."""
        pool = self.pool(pk)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return invalid(request, "codes/fill.html", self.context(pool, form))
        facts: dict[str, Any] = {"pool_id": pool.pk, "actor": self.actor, "now": timezone.now()}
        facts["file_name"] = getattr(request.FILES["file"], "name", "") or ""
        try:
            count = filling.upload(data=form.cleaned_data["file"], **facts)
        except FileRefused as refusal:
            kept = filling.note_refusal(refusal=refusal, **facts)
            return invalid(request, "codes/fill.html", self.context(pool, form, **self.refused(refusal, kept)))
        self.say(added(count))
        return HttpResponseRedirect(self.at("pool", pk))

    def refused(self, refusal: FileRefused, kept: CodeUpload) -> dict[str, Any]:
        """Return the first lines that are wrong, and where all of them are."""
        shown = refusal.errors[:SHOWN]
        url = self.at("problems", kept.pool_id, kept.pk)
        return {"problems": shown, "more": len(refusal.errors) - len(shown), "problems_url": url}

    def context(self, pool: CodePool, form: StyledForm, **more: Any) -> dict[str, Any]:
        """Return what the page draws."""
        given = {"title": _("Upload codes"), "form": form, "cancel_url": self.at("pool", pool.pk)}
        return given | {"crumbs": self.crumbs(pool, _("Upload codes"))} | more


class UploadProblems(PoolView):
    """The lines of a refused file, to be downloaded."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID, upload_id: uuid.UUID) -> HttpResponse:
        """Give them out as a CSV."""
        return problems_file(get_object_or_404(CodeUpload, pk=upload_id, pool_id=pk))


class PoolGenerate(PoolView):
    """Codes by pattern."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form with the pool's own pattern."""
        pool = self.pool(pk)
        form = GenerateForm(initial={"pattern": pool.pattern, "excluded": pool.excluded})
        return render(request, "codes/generate.html", self.context(pool, form))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show examples, or generate the codes now, or have a job do it."""
        pool = self.pool(pk)
        form = GenerateForm(request.POST)
        if form.is_valid() and "preview" in request.POST:
            return self.preview(pool, form)
        if not form.is_valid():
            return invalid(request, "codes/generate.html", self.context(pool, form))
        op = request.POST.get("op_id", "")[:36]
        try:
            made = filling.generate(pool_id=pk, actor=self.actor, now=timezone.now(), op=op, **form.cleaned_data)
        except PatternRefused as refusal:
            return self.refuse(pool, form, refusal)
        self.say(added(made.count) if made.job is None else _("The codes are being generated; see Jobs."))
        return HttpResponseRedirect(self.at("pool", pk))

    def preview(self, pool: CodePool, form: GenerateForm) -> HttpResponse:
        """Show five codes as they would look, and how many the pattern has; keeps nothing."""
        pattern, excluded = form.cleaned_data["pattern"], form.cleaned_data["excluded"]
        existing = Code.objects.filter(pool=pool).count()
        try:
            patterns.check_pattern(pattern, count=form.cleaned_data["count"], existing=existing, excluded=excluded)
        except PatternRefused as refusal:
            return self.refuse(pool, form, refusal)
        drawn = patterns.draw(pattern, patterns.EXAMPLES, excluded=excluded)
        room = patterns.capacity(pattern, excluded=excluded)
        more = {"examples": [value for value, _norm in drawn], "room": room, "safe": room // patterns.ROOM - existing}
        return render(self.request, "codes/generate.html", self.context(pool, form, **more))

    def refuse(self, pool: CodePool, form: GenerateForm, refusal: PatternRefused) -> HttpResponse:
        """Say beside the pattern what is wrong with it."""
        form.add_error("pattern", refusal.text)
        return invalid(self.request, "codes/generate.html", self.context(pool, form))

    def context(self, pool: CodePool, form: StyledForm, **more: Any) -> dict[str, Any]:
        """Return what the page draws."""
        given = {"title": _("Generate codes"), "form": form, "cancel_url": self.at("pool", pool.pk)}
        return given | {"crumbs": self.crumbs(pool, _("Generate codes"))} | more


def added(count: int) -> str:
    """Say how many codes were added."""
    return ngettext("%(n)s code was added.", "%(n)s codes were added.", count) % {"n": locale.number(count)}
