"""Customers who asked to be forgotten, and what the shop answers them."""

import uuid
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from cockpit.client.privacy import AlreadyDecided, decide_erasure
from cockpit.erasures import DeclineForm, ErasureFilter, ErasureTable, RecordForm
from cockpit.models import ErasureRequest, ErasureState
from tenancy.lists import StaffListView
from tenancy.roles import Role
from tenancy.views import StaffView
from ui.forms import StyledForm
from ui.htmx import dialog_base, vary_on_htmx
from ui.sorting import begin_of, ranked
from ui.timeline import Fact


class ErasureList(StaffListView):
    """All of them, the latest first."""

    role = Role.OWNER
    title = _("Erasure requests")
    template_name = "ui/list.html"
    table_class = ErasureTable
    filterset_class = ErasureFilter
    sorts = {
        "customer": "customer_name",
        "asked": "requested_at",
        "state": ranked("state", ErasureState.values),
        "note": begin_of("note"),
        "answer": begin_of("answer"),
    }
    default_sort = "-asked"
    counted = ngettext_lazy("%(shown)s request", "%(shown)s requests", "number")
    empty_icon = "user-x"
    empty_title = _("Nobody asked to be forgotten")
    empty_text = _("Customers ask for it on their profile page; you decide here.")

    def get_queryset(self) -> QuerySet[Any]:
        """Return the merchant's requests."""
        found: QuerySet[Any] = ErasureRequest.objects.all()
        return found

    def get_table_kwargs(self) -> dict[str, Any]:
        """Tell the table where its links lead to, and who looks at it."""
        return {"merchant_slug": self.request.merchant.slug, "role": self.request.role}


class ErasureAct(StaffView):
    """One answer: GET asks, POST gives it once."""

    role = Role.OWNER
    title: ClassVar[Any]
    text: ClassVar[Any]
    state: ClassVar[ErasureState]
    form_class: ClassVar[type[StyledForm]]
    tone: ClassVar[str] = ""
    done: ClassVar[Any] = _("The customer reads the answer on the profile page.")

    def get(self, request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        return self.ask(self.found(request_id), self.form_class(), status=200)

    def post(self, request: HttpRequest, request_id: uuid.UUID) -> HttpResponse:
        """Note the answer, or say why not."""
        row, form = self.found(request_id), self.form_class(request.POST)
        if not form.is_valid():
            return self.ask(row, form, status=422)
        given = {"state": self.state, "answer": form.cleaned_data["answer"]}
        try:
            decide_erasure(request_id=row.id, actor=self.actor, now=timezone.now(), **given)
        except AlreadyDecided:
            form.add_error(None, _("It was answered or withdrawn meanwhile."))
            return self.ask(row, form, status=409)
        self.say(self.done)
        return self.back_to(self.list_url())

    @staticmethod
    def found(request_id: uuid.UUID) -> ErasureRequest:
        """Return the request, or answer 404."""
        row: ErasureRequest = get_object_or_404(ErasureRequest, id=request_id)
        return row

    def list_url(self) -> str:
        """Return the address of the list."""
        return reverse("cockpit:erasures", args=[self.request.merchant.slug])

    def ask(self, row: ErasureRequest, form: StyledForm, *, status: int) -> HttpResponse:
        """Draw the question."""
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.text,
            "facts": [Fact(str(_("Customer")), row.customer_name), Fact(str(_("Note")), row.note)],
            "form": form,
            "submit_label": self.title,
            "tone": self.tone,
            "cancel_url": self.list_url(),
        }
        return vary_on_htmx(render(self.request, "ui/confirm.html", context, status=status))


class ErasureDone(ErasureAct):
    """Everything that tells who it was is deleted, in every room."""

    title = _("Erase the customer")
    text = _(
        "Name, addresses, phone, feedback and everything else that tells who this is are deleted now, from claims, "
        "rewards, offers and mails. Points that are left are forfeited. Figures stay. This cannot be undone."
    )
    done = _("The customer was erased.")
    state = ErasureState.DONE
    form_class = RecordForm
    tone = "bad"


class ErasureDecline(ErasureAct):
    """The data has to stay, and the customer hears why."""

    title = _("Decline")
    text = _("The customer reads your answer on the profile page.")
    state = ErasureState.DECLINED
    form_class = DeclineForm
