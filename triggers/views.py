"""Pages about triggers that a room makes its own: which are on, and what one would have given."""

import uuid
from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenancy.roles import Role
from tenancy.views import StaffView
from triggers.forms import TrialForm, TriggerForm
from triggers.kit import Target
from triggers.switching import Stale, switch
from triggers.trial import trial
from ui.forms import invalid

USUAL = {"on": "purchase", "days": 30}


class TriggerPages(StaffView):
    """What both pages share; subclasses say what is given and where its pages are.

    `addresses` are the names of the list of such things, of one of them, of its triggers and of their trial.
    """

    target: ClassVar[Target]
    addresses: ClassVar[tuple[str, str, str, str]]
    list_title: ClassVar[Any]

    def prepare(self) -> None:
        """Find what is given."""
        model: Any = self.target.model._meta.get_field(self.target.name).related_model
        self.subject: Any = get_object_or_404(model, id=self.kwargs["subject_id"])

    def at(self, number: int, *args: Any) -> str:
        """Return one of the addresses."""
        return reverse(self.addresses[number], args=[self.request.merchant.slug, *args])

    def crumbs(self, title: Any) -> list[tuple[Any, str]]:
        """Return the way here."""
        return [(self.list_title, self.at(0)), (self.subject.name, self.at(1, self.subject.id)), (title, "")]


class TriggerFormPage(TriggerPages):
    """On which occasions it is given by itself."""

    role = Role.ADMIN
    # What the room asks beyond the occasions, "" for nothing.
    flag_label: ClassVar[Any] = ""

    def get(self, request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
        """Show the form."""
        return render(request, "triggers/form.html", self._context(self._form(None)))

    def post(self, request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
        """Switch on and off, unless somebody else did meanwhile."""
        form = self._form(request.POST)
        if not form.is_valid():
            return invalid(request, "triggers/form.html", self._context(form))
        facts = {"actor": self.actor, "now": timezone.now(), "seen": form.cleaned_data["seen"]}
        try:
            with transaction.atomic():
                switch(target=self.target, subject_id=subject_id, wanted=form.wanted(), **facts)
        except Stale as refusal:
            form.add_error(None, str(refusal))
            return invalid(request, "triggers/form.html", self._context(form))
        self.say(_("Saved. What happens from now on is answered."))
        return HttpResponseRedirect(self.at(1, subject_id))

    def _form(self, data: Any) -> TriggerForm:
        known = list(self.target.triggers_of(self.subject.id))
        standing = [one for one in known if one.is_active] or known
        flag = any(one.more().get("is_clipped") for one in standing)
        asked = {"flag_label": self.flag_label, "flag": flag, "currency": self.request.merchant.currency}
        return TriggerForm(data, known=known, **asked)

    def _context(self, form: TriggerForm) -> dict[str, Any]:
        title = _("Triggers of %(name)s") % {"name": self.subject.name}
        urls = {"cancel_url": self.at(1, self.subject.id), "trial_url": self.at(3, self.subject.id)}
        return {"title": title, "form": form, "crumbs": self.crumbs(_("Triggers")), **urls}


class TrialPage(TriggerPages):
    """What a trigger would have given; nothing is done."""

    role = Role.VIEWER

    def get(self, request: HttpRequest, subject_id: uuid.UUID) -> HttpResponse:
        """Go through the days that were asked for, the last thirty without a word."""
        form = TrialForm({**USUAL, **request.GET.dict()})
        context: dict[str, Any] = {
            "title": _("Try a trigger of %(name)s") % {"name": self.subject.name},
            "form": form,
            "crumbs": self.crumbs(_("Try a trigger")),
            "triggers_url": self.at(2, self.subject.id),
        }
        if not form.is_valid():
            return invalid(request, "triggers/trial.html", context)
        return render(request, "triggers/trial.html", context | {"trial": self._trial(form)})

    def _trial(self, form: TrialForm) -> Any:
        until = timezone.now()
        return trial(
            target=self.target,
            subject_id=self.subject.id,
            occasion=form.occasion(),
            minimum=form.cleaned_data["minimum"],
            since=until - timedelta(days=form.cleaned_data["days"]),
            until=until,
            slug=self.request.merchant.slug,
        )
