"""One act on one document, asked first: a dialog, or a page without JavaScript."""

import uuid
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from tenancy.errors import RefusedAct
from tenancy.roles import Role
from tenancy.views.base import StaffView
from ui.forms import StyledForm
from ui.htmx import dialog_base, vary_on_htmx

CONFLICT = 409


class DocumentAct(StaffView):
    """One act: GET asks, POST does it and goes back to where the person was; a refusal answers 409 in words.

    A room says what the document's id is called in its addresses and services (`key`), which page the document has
    (`page_name`) and how it is `found`. A subclass names its words, its form if it needs one, and `perform`, which
    calls one service.
    """

    role = Role.ADMIN
    key: ClassVar[str]
    page_name: ClassVar[str]
    title: ClassVar[Any]
    text: ClassVar[Any] = ""
    done: ClassVar[Any]
    icon_name: ClassVar[str] = ""
    tone: ClassVar[str] = ""
    form_class: ClassVar[type[StyledForm] | None] = None

    def found(self, row_id: uuid.UUID) -> Any:
        """Return the document, or answer 404."""
        raise NotImplementedError

    def perform(self, row: Any, values: dict[str, Any]) -> None:
        """Call the service."""
        raise NotImplementedError

    def form_kwargs(self, row: Any) -> dict[str, Any]:
        """Return what the form needs of the document."""
        return {}

    def words(self, row: Any) -> Any:
        """Return what the question says."""
        return self.text

    def more(self, row: Any) -> dict[str, Any]:
        """Return what else the question shows."""
        return {}

    def say_done(self, row: Any) -> None:
        """Say that it is done."""
        self.say(self.done)

    def facts_for_service(self, row: Any) -> dict[str, Any]:
        """Return what every service is told."""
        return {self.key: row.id, "actor": self.actor, "now": timezone.now()}

    def get(self, request: HttpRequest, **ids: uuid.UUID) -> HttpResponse:
        """Ask."""
        row = self.found(ids[self.key])
        return self._ask(row, self._form(row, None), status=200)

    def post(self, request: HttpRequest, **ids: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        row = self.found(ids[self.key])
        form = self._form(row, request.POST)
        if form is not None and not form.is_valid():
            return self._ask(row, form, status=422)
        try:
            with transaction.atomic():
                self.perform(row, form.cleaned_data if form else {})
        except RefusedAct as refusal:
            return self._refuse(row, refusal)
        self.say_done(row)
        return self.back_to(self._page(row))

    def _page(self, row: Any) -> str:
        return reverse(self.page_name, args=[self.request.merchant.slug, row.id])

    def _form(self, row: Any, data: Any) -> StyledForm | None:
        return self.form_class(data, **self.form_kwargs(row)) if self.form_class else None

    def _ask(self, row: Any, form: Any, *, status: int) -> HttpResponse:
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.words(row),
            "form": form,
            "submit_label": self.title,
            "icon_name": self.icon_name,
            "tone": self.tone,
            "cancel_url": self._page(row),
            **self.more(row),
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))

    def _refuse(self, row: Any, refusal: RefusedAct) -> HttpResponse:
        return refused_page(self.request, title=self.title, text=refusal.sentence, cancel_url=self._page(row))


def refused_page(request: HttpRequest, *, title: Any, text: str, cancel_url: str) -> HttpResponse:
    """Answer an act that is not possible: 409, in words, with the way back."""
    context = {"dialog_base": dialog_base(request), "title": title, "text": text, "cancel_url": cancel_url}
    return vary_on_htmx(render(request, "ui/refused.html", context, status=CONFLICT))
