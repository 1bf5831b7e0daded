"""Putting codes into a pool."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from codes import filling
from codes.errors import FileRefused, PatternRefused
from codes.forms import GenerateForm, UploadForm
from codes.models import CodePool
from codes.views.base import PoolView
from tenancy.roles import Role
from ui import locale
from ui.forms import StyledForm, invalid


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
        data = form.cleaned_data["file"]
        try:
            count = filling.upload(pool_id=pool.pk, data=data, actor=self.actor, now=timezone.now())
        except FileRefused as refusal:
            return invalid(request, "codes/fill.html", self.context(pool, form, refusal=refusal))
        self.say(added(count))
        return HttpResponseRedirect(self.at("pool", pk))

    def context(self, pool: CodePool, form: StyledForm, **more: Any) -> dict[str, Any]:
        """Return what the page draws."""
        given = {"title": _("Upload codes"), "form": form, "cancel_url": self.at("pool", pool.pk)}
        return given | {"crumbs": self.crumbs(pool, _("Upload codes"))} | more


class PoolGenerate(PoolView):
    """Codes by pattern."""

    role = Role.ADMIN

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Show the form with the pool's own pattern."""
        pool = self.pool(pk)
        return render(request, "codes/fill.html", self.context(pool, GenerateForm(initial={"pattern": pool.pattern})))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Generate them now, or have a job do it."""
        pool = self.pool(pk)
        form = GenerateForm(request.POST)
        if not form.is_valid():
            return invalid(request, "codes/fill.html", self.context(pool, form))
        op = request.POST.get("op_id", "")[:36]
        try:
            made = filling.generate(pool_id=pk, actor=self.actor, now=timezone.now(), op=op, **form.cleaned_data)
        except PatternRefused as refusal:
            form.add_error("pattern", refusal.text)
            return invalid(request, "codes/fill.html", self.context(pool, form))
        self.say(added(made.count) if made.job is None else _("The codes are being generated; see Jobs."))
        return HttpResponseRedirect(self.at("pool", pk))

    def context(self, pool: CodePool, form: StyledForm) -> dict[str, Any]:
        """Return what the page draws."""
        given = {"title": _("Generate codes"), "form": form, "cancel_url": self.at("pool", pool.pk)}
        return given | {"crumbs": self.crumbs(pool, _("Generate codes"))}


def added(count: int) -> str:
    """Say how many codes were added."""
    return ngettext("%(n)s code was added.", "%(n)s codes were added.", count) % {"n": locale.number(count)}
