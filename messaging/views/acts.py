"""What can be done with a message: send it again, correct its address, take it off the desk."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging import services
from messaging.errors import AddressInvalid, AddressSuppressed, StillWaiting
from messaging.forms import CorrectForm, HandleForm, LiftForm, ResendForm
from messaging.models import Message
from messaging.views.deliveries import MessageView
from tenancy.roles import Role
from ui.forms import StyledForm, invalid
from ui.htmx import dialog_base, vary_on_htmx
from ui.timeline import Fact


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


class MessageHandle(MessageAction):
    """Take it off the desk."""

    title = _("Mark as handled")
    text = _("The message leaves the list of problems. Nothing is sent.")
    form_class = HandleForm

    def perform(self, message: Message, values: dict[str, Any], op: str) -> None:
        """Note what came of it."""
        services.handle(message_id=message.pk, actor=self.actor, now=timezone.now(), **values)
        self.say(_("Marked as handled."))


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
