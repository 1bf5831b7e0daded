"""Acts on a pool and on a code: GET asks, POST does it."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from codes import services
from codes.errors import HolderHasCode
from codes.normalise import masked
from codes.sheets import codes_file
from codes.views.base import PoolView
from tenancy.roles import Role
from ui.htmx import dialog_base, vary_on_htmx


class Question(PoolView):
    """A page that asks before it acts."""

    role = Role.ADMIN
    title: Any = ""
    text: Any = ""
    tone = ""

    def ask(self, name: Any, pk: uuid.UUID, **more: Any) -> HttpResponse:
        """Show the question."""
        context = {
            "dialog_base": dialog_base(self.request),
            "title": f"{self.title}: {name}",
            "text": self.text,
            "tone": self.tone,
            "submit_label": self.title,
            "cancel_url": self.at("pool", pk),
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context | more))


class PoolArchive(Question):
    """Put a pool out of the way."""

    title, tone = _("Archive"), "bad"
    text = _("Nothing draws codes from an archived pool any more. Codes that were given stay valid.")
    archived, done = True, _("The pool was archived.")

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self.ask(self.pool(pk).name, pk)

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it."""
        self.pool(pk)
        services.archive(pool_id=pk, archived=self.archived, actor=self.actor, now=timezone.now())
        self.say(self.done)
        return self.back_to(self.at("pool", pk))


class PoolRestore(PoolArchive):
    """Bring a pool back."""

    title, tone = _("Bring back"), ""
    text = _("Promotions can draw codes from it again.")
    archived, done = False, _("The pool is in use again.")


class PoolExport(Question):
    """Give out all codes of a pool as a file, which is written into the audit log."""

    title = _("Download the codes")
    text = _("The file holds every code of this pool in full. That you downloaded it is written into the audit log.")

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask, on a page of its own: what is downloaded cannot be swapped into a page."""
        pool = self.pool(pk)
        context = {"title": self.title, "text": self.text, "cancel_url": self.at("pool", pk)}
        return render(request, "codes/export.html", context | {"crumbs": self.crumbs(pool, self.title)})

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Give the file out."""
        pool = self.pool(pk)
        services.note_export(pool_id=pool.pk, actor=self.actor)
        return codes_file(pool)


class CodeBurn(Question):
    """Withdraw a free code for good."""

    title, tone = _("Withdraw the code"), "bad"
    text = _("It is never given to anybody. This cannot be undone.")

    def get(self, request: HttpRequest, pk: uuid.UUID, code_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self.ask(masked(self.code(pk, code_id).value), pk)

    def post(self, request: HttpRequest, pk: uuid.UUID, code_id: uuid.UUID) -> HttpResponse:
        """Do it, unless somebody holds the code."""
        facts: dict[str, Any] = {"actor": self.actor, "now": timezone.now(), "reason": "withdrawn"}
        try:
            services.burn(code_id=self.code(pk, code_id).pk, only_free=True, **facts)
        except HolderHasCode:
            self.warn(_("Somebody holds this code; withdraw it where it was given."))
        else:
            self.say(_("The code was withdrawn."))
        return self.back_to(self.at("pool", pk))


class CodeReveal(Question):
    """Show a code in full, which is written into the audit log."""

    title = _("Reveal the code")
    text = _("That you looked at it is written into the audit log.")

    def get(self, request: HttpRequest, pk: uuid.UUID, code_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self.ask(masked(self.code(pk, code_id).value), pk)

    def post(self, request: HttpRequest, pk: uuid.UUID, code_id: uuid.UUID) -> HttpResponse:
        """Show it, in the dialog or on a page of its own."""
        self.code(pk, code_id)
        value = services.reveal(code_id=code_id, actor=self.actor, now=timezone.now())
        context = {"dialog_base": dialog_base(request), "title": _("Code"), "value": value, "back": self.at("pool", pk)}
        return vary_on_htmx(render(request, "codes/reveal.html", context))
