"""The Deliveries pages: what became of every message, and what to do where it did not arrive."""

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging import maps, selectors, services, words
from messaging.errors import AddressInvalid, AddressSuppressed, StillWaiting
from messaging.filters import MessageFilter
from messaging.forms import CorrectForm, LiftForm, ResendForm
from messaging.models import Message
from messaging.states import PROBLEMS, Status
from messaging.tables import MessageTable
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import cells
from ui.forms import StyledForm, invalid
from ui.htmx import dialog_base, vary_on_htmx
from ui.listing import ListView, Tab
from ui.timeline import Fact

PROBLEM_QUERY = "&".join(f"status={status}" for status in sorted(PROBLEMS))


class MessageList(StaffView, ListView):
    """Messages in trouble first; all of them a tab away."""

    role = Role.VIEWER
    title = _("Deliveries")
    table_class = MessageTable
    filterset_class = MessageFilter
    sorts = {
        "queued": "queued_at",
        "changed": "status_at",
        "to": "to_address",
        "status": "status",
        "kind": "kind",
        "attempts": "attempts",
    }
    default_sort = "-queued"
    tabs = (
        Tab(_("Problems"), PROBLEM_QUERY),
        Tab(_("On the way"), "status=queued&status=sending&status=sent"),
        Tab(_("Arrived"), "status=delivered&status=opened", counted=False),
        Tab(_("All"), "all=1", counted=False),
    )
    counted = ngettext_lazy("%(shown)s message", "%(shown)s messages", "number")
    empty_title = _("No messages yet")
    empty_text = _("E-mails to customers show here as soon as one is sent.")
    empty_icon = "mail"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begin with the problems."""
        if not request.GET:
            return HttpResponseRedirect(f"{request.path}?{PROBLEM_QUERY}")
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Message]:
        """Return the merchant's messages."""
        return selectors.messages_for_list()

    def get_table_kwargs(self) -> dict[str, Any]:
        """Give the table what its links need."""
        return {"merchant_slug": self.request.merchant.slug}


class MessageView(StaffView):
    """A page about one message."""

    def find(self, pk: uuid.UUID) -> Message:
        """Return the merchant's message, or answer 404."""
        found: Message = get_object_or_404(Message.objects.all(), pk=pk)
        return found

    def at(self, name: str, *args: Any) -> str:
        """Return the address of a page of this room."""
        return reverse(f"messaging:{name}", args=[self.request.merchant.slug, *args])


class MessageDetail(MessageView):
    """One message and what happened to it."""

    role = Role.VIEWER

    def get(self, request: Any, pk: uuid.UUID) -> HttpResponse:
        """Show it."""
        message = self.find(pk)
        closed = selectors.suppressed([message.to_address])
        may_act = request.role >= Role.AGENT and message.status not in (Status.QUEUED, Status.SENDING)
        context = {
            "title": maps.kind_label(message.kind),
            "crumbs": [(_("Deliveries"), self.at("list")), (message.to_address, "")],
            "message": message,
            "status_badge": words.status(message),
            "facts": facts(message, request.merchant.slug),
            "timeline": words.timeline(list(selectors.events_of(pk)), message),
            "closed": next(iter(closed.values()), ""),
            "may_correct": may_act,
            "may_resend": may_act and not closed,
            "may_lift": bool(closed) and request.role >= Role.ADMIN,
        }
        return render(request, "messaging/message.html", context)


class MessageAction(MessageView):
    """One act on a message: GET asks, POST does it once."""

    role = Role.AGENT
    title: Any = ""
    text: Any = ""
    form_class: type[StyledForm] = ResendForm

    def get(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Ask."""
        message = self.find(pk)
        form = self.form_class(initial={"to_address": message.to_address})
        return vary_on_htmx(render(request, "ui/confirm.html", self._context(message, form)))

    def post(self, request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        message = self.find(pk)
        form = self.form_class(request.POST)
        problem = self._attempt(message, form) if form.is_valid() else ""
        if form.errors or problem:
            if problem:
                form.add_error(None, problem)
            return invalid(request, "ui/confirm.html", self._context(message, form))
        return self.back_to(self.at("message", pk))

    def perform(self, message: Message, values: dict[str, Any], op: str) -> None:
        """Call the service and say what was done."""
        raise NotImplementedError

    def _attempt(self, message: Message, form: StyledForm) -> Any:
        """Do it and return "", or return the refusal in words."""
        try:
            self.perform(message, form.cleaned_data, self.request.POST.get("op_id", "")[:36])
        except StillWaiting:
            return _("This message is still on its way; wait until it has gone out.")
        except AddressSuppressed:
            return _("Mail to this address bounced or was complained about. Correct the address instead.")
        except AddressInvalid:
            return _("This is not an e-mail address.")
        return ""

    def _context(self, message: Message, form: StyledForm) -> dict[str, Any]:
        return {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": self.text,
            "facts": [Fact(str(_("Recipient")), message.to_address)],
            "form": form,
            "submit_label": self.title,
            "cancel_url": self.at("message", message.pk),
        }


class MessageResend(MessageAction):
    """Send it again to the same address."""

    title = _("Resend")
    text = _("The message is written anew from today's facts and sent again. The reason stands in its history.")

    def perform(self, message: Message, values: dict[str, Any], op: str) -> None:
        """Queue the next one."""
        services.resend(message_id=message.pk, actor=self.actor, now=timezone.now(), op=op, **values)
        self.say(_("The message is on its way again."))


class MessageCorrect(MessageAction):
    """Send it again to another address."""

    title = _("Correct address and send again")
    form_class = CorrectForm

    def perform(self, message: Message, values: dict[str, Any], op: str) -> None:
        """Queue the next one to the new address."""
        services.correct_and_resend(message_id=message.pk, actor=self.actor, now=timezone.now(), op=op, **values)
        self.say(_("The message is on its way to the new address."))


class MessageLift(MessageAction):
    """Write to a closed address again."""

    role = Role.ADMIN
    title = _("Allow this address again")
    text = _("Do this only if the person told you that the mailbox works again and that they want our mail.")
    form_class = LiftForm

    def perform(self, message: Message, values: dict[str, Any], op: str) -> None:
        """Take the address off the list."""
        services.lift_suppression(email=message.to_address, actor=self.actor, now=timezone.now(), **values)
        self.say(_("We write to this address again."))


def facts(message: Message, slug: str) -> list[Fact]:
    """Return what there is to know about a message."""
    label, url = maps.document(message.origin, message.origin_id, slug)
    return [
        Fact(str(_("Recipient")), cells.person(message.to_name, message.to_address), copy=message.to_address),
        Fact(str(_("Subject")), message.subject),
        Fact(str(_("Belongs to")), cells.link(url, label) if url else label),
        Fact(str(_("Number")), str(message.seq)),
        Fact(str(_("Reason")), words.reason(message.last_error)),
        Fact(str(_("Why it was sent again")), message.reason),
        Fact(str(_("Attempts")), str(message.attempts)),
        Fact(str(_("Sent through")), message.provider),
        Fact(str(_("Message-ID")), cells.code(message.message_id_header)),
        Fact(str(_("Sent")), cells.when(message.sent_at)),
        Fact(str(_("Delivered")), cells.when(message.delivered_at)),
        Fact(str(_("Opened")), cells.when(message.opened_at)),
    ]
