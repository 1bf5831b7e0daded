"""The acts on a redeemed reward. Each is one service call."""

import uuid
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from loyalty.errors import Refused
from loyalty.forms import CancelForm, DeliveryForm
from loyalty.models import RedeemedReward
from loyalty.redeemed_page import delivery_choices
from loyalty.services import canceling, cashback, notices, using
from loyalty.states import DeliveryStatus
from loyalty.views.redeemed import found
from tenancy.roles import Role
from tenancy.views import StaffView
from ui import locale
from ui.forms import StyledForm
from ui.htmx import dialog_base, vary_on_htmx

CONFLICT = 409
EFFECT = "loyalty/parts/effect.html"


class RedeemedAct(StaffView):
    """One act: GET asks, POST does it and goes back to where the person was; a refusal answers 409 in words.

    A subclass names its words, its form if it needs one, and `perform`, which calls one service.
    """

    role = Role.ADMIN
    title: ClassVar[Any]
    text: ClassVar[Any] = ""
    done: ClassVar[Any]
    icon_name: ClassVar[str] = ""
    tone: ClassVar[str] = ""
    form_class: ClassVar[type[StyledForm] | None] = None

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Call the service."""
        raise NotImplementedError

    def form_kwargs(self, row: RedeemedReward) -> dict[str, Any]:
        """Return what the form needs of the reward."""
        return {}

    def words(self, row: RedeemedReward) -> Any:
        """Return what the question says."""
        return self.text

    def get(self, request: HttpRequest, redeemed_id: uuid.UUID) -> HttpResponse:
        """Ask."""
        row = found(redeemed_id)
        return self._ask(row, self._form(row, None), status=200)

    def post(self, request: HttpRequest, redeemed_id: uuid.UUID) -> HttpResponse:
        """Do it, or say why not."""
        row = found(redeemed_id)
        form = self._form(row, request.POST)
        if form is not None and not form.is_valid():
            return self._ask(row, form, status=422)
        try:
            with transaction.atomic():
                self.perform(row, form.cleaned_data if form else {})
        except Refused as refusal:
            return self._ask(row, form, status=CONFLICT, problem=refusal.sentence)
        self.say_done(row)
        return self.back_to(reverse("loyalty:redeemed_detail", args=[self.request.merchant.slug, row.id]))

    def say_done(self, row: RedeemedReward) -> None:
        """Say that it is done."""
        self.say(self.done)

    def more(self, row: RedeemedReward) -> dict[str, Any]:
        """Return what else the question shows."""
        return {}

    def facts_for_service(self, row: RedeemedReward) -> dict[str, Any]:
        """Return what every service is told."""
        return {"redeemed_id": row.id, "actor": self.actor, "now": timezone.now()}

    def _form(self, row: RedeemedReward, data: Any) -> StyledForm | None:
        return self.form_class(data, **self.form_kwargs(row)) if self.form_class else None

    def _ask(self, row: RedeemedReward, form: Any, *, status: int, problem: str = "") -> HttpResponse:
        page = reverse("loyalty:redeemed_detail", args=[self.request.merchant.slug, row.id])
        context = {
            "dialog_base": dialog_base(self.request),
            "title": self.title,
            "text": problem or self.words(row),
            "form": form,
            "submit_label": self.title,
            "icon_name": self.icon_name,
            "tone": self.tone,
            "cancel_url": page,
            "refused": bool(problem),
            **({} if problem else self.more(row)),
        }
        template = "loyalty/refused.html" if problem else "ui/confirm.html"
        return vary_on_htmx(render(self.request, template, context, status=status))


class UndoableAct(RedeemedAct):
    """An act that another one takes back: its toast offers that. `back` is the name of the other's address."""

    back: ClassVar[str]

    def say_done(self, row: RedeemedReward) -> None:
        """Say that it is done, with a button that takes it back."""
        context = {
            "text": self.done,
            "url": reverse(f"loyalty:{self.back}", args=[self.request.merchant.slug, row.id]),
            "next": self.request.POST.get("next", ""),
        }
        self.say(render_to_string("loyalty/parts/undo_toast.html", context, self.request))


class UseView(UndoableAct):
    """Mark as Used."""

    back = "unuse"

    title = _("Mark as Used")
    text = _("The customer has used the reward. A gift is ordered for shipping, and fulfilment is told by e-mail.")
    icon_name = "square-check"
    done = _("Marked as used.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Mark it."""
        using.mark_used(**self.facts_for_service(row))


class UnuseView(UndoableAct):
    """Mark as Unused."""

    back = "use"

    title = _("Mark as Unused")
    text = _("The customer can use the reward again. Its delivery status is cleared.")
    icon_name = "undo-2"
    done = _("Marked as unused.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Take the mark away."""
        using.mark_unused(**self.facts_for_service(row))


class DeliveryView(RedeemedAct):
    """Change how far a gift has come."""

    title = _("Change delivery status")
    icon_name = "truck"
    form_class = DeliveryForm
    done = _("Delivery status changed.")

    def form_kwargs(self, row: RedeemedReward) -> dict[str, Any]:
        """Offer what the gift can become."""
        return {"choices": delivery_choices(row)}

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Change it."""
        status = DeliveryStatus(values.pop("status"))
        using.set_delivery(status=status, **values, **self.facts_for_service(row))


class CancelView(RedeemedAct):
    """Cancel, with the points given back or not."""

    title = _("Cancel reward")
    icon_name = "circle-x"
    tone = "bad"
    form_class = CancelForm
    done = _("The reward was canceled.")

    def words(self, row: RedeemedReward) -> str:
        """Say what canceling does to points and code."""
        effect = canceling.effect_of(redeemed=row, now=timezone.now())
        number = {"points": locale.number(effect.points), "lapsing": locale.number(effect.lapsing)}
        if not effect.points:
            parts = [_now("It took no points, so none go back.")]
        else:
            parts = [_now("%(points)s points go back to the lots they came from, with their own end.") % number]
        if effect.lapsing:
            parts.append(_now("%(lapsing)s of them have ended meanwhile and expire at once.") % number)
        if effect.has_code:
            parts.append(_now("The code is burnt.") if effect.burns_code else _now("The code returns to its pool."))
        parts.append(_now("This cannot be undone."))
        return " ".join(parts)

    def more(self, row: RedeemedReward) -> dict[str, Any]:
        """Show lot by lot where the points go."""
        return {"lots": canceling.effect_of(redeemed=row, now=timezone.now()).lots, "template": EFFECT}

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Cancel it."""
        refund = values["points"] == CancelForm.REFUND
        canceling.cancel(refund=refund, reason=values["reason"], **self.facts_for_service(row))


class PayAgainView(RedeemedAct):
    """Pay a cashback again that has failed for certain."""

    title = _("Pay again")
    text = _("The payment has failed for certain. A new order is sent to the provider.")
    icon_name = "banknote"
    done = _("The payment was started again.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Open a new order."""
        cashback.retry(**self.facts_for_service(row))


class AskView(RedeemedAct):
    """Ask the provider about an open payment now."""

    title = _("Ask PayTM again")
    text = _("PayTM is asked what has become of this payment, under the same order id. Nothing is sent anew.")
    icon_name = "refresh-cw"
    done = _("PayTM is being asked. Look at the page again in a moment.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Bring its question forward."""
        cashback.ask_again(**self.facts_for_service(row))


class ResendView(RedeemedAct):
    """Tell fulfilment of a gift once more."""

    title = _("Send fulfilment mail again")
    text = _("“Reward Redeemed” goes out once more, with the reward, the customer and the address.")
    icon_name = "mail"
    done = _("The mail to fulfilment goes out again.")

    def perform(self, row: RedeemedReward, values: dict[str, Any]) -> None:
        """Send it."""
        notices.tell_again(**self.facts_for_service(row))
